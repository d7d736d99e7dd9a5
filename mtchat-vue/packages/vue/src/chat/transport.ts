import type { ClientOptions, WebSocketClass, WebSocketLike } from "@mtchat/client";
import type { ResolvedConfig } from "./config.js";
import { encodeScopes, scopeLevels } from "./scopes.js";
import type { TokenSource } from "./tokens.js";

/** How `@mtchat/client` reaches the server as a configuration says it: scopes, tokens, or users who name themselves. */
export class Transport {
    private readonly sockets = new Set<WebSocketLike>();

    constructor(
        private readonly config: () => ResolvedConfig,
        private readonly tokens: TokenSource,
    ) {}

    get clientOptions(): ClientOptions {
        const { baseUrl, userId, onMessage } = this.config();
        const dial = () => this.dial();
        const Socket = function () {
            return dial();
        } as unknown as WebSocketClass;
        return {
            url: baseUrl,
            user: userId,
            getToken: () => this.tokens.next(),
            fetch: (input, init) => this.load(input, init),
            WebSocket: Socket,
            // Frames come to the tab that has the connection: who wants to see them needs one of its own.
            ...(onMessage && { tabs: false }),
        };
    }

    /** There is another token: what is open goes on with it. */
    renew(): void {
        const token = this.tokens.newer;
        if (token === undefined) return;
        for (const socket of this.sockets) if (socket.readyState === 1) socket.send(JSON.stringify({ type: "auth", token }));
    }

    private load(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
        const { baseUrl, scopeConfig } = this.config();
        // What goes elsewhere (files to their store, the program of the core) is nothing of the server's.
        if (typeof input !== "string" || !input.startsWith(`${baseOf(baseUrl)}/api/v1`)) return fetch(input, init);
        const { isInsecure, newer } = this.tokens;
        const headers = new Headers(init?.headers);
        const hasScopes = Object.values(scopeLevels(scopeConfig)).some((level) => level.length > 0);
        if ((hasScopes || isInsecure) && !isOwnList(input)) headers.set("X-Scope-Config", encodeScopes(scopeConfig));
        if (newer !== undefined) headers.set("Authorization", `Bearer ${newer}`);
        if (isInsecure) headers.delete("Authorization");
        return fetch(isInsecure ? this.naming(input) : input, { ...init, headers });
    }

    private dial(): WebSocketLike {
        const url = new URL(this.config().wsUrl, pageUrl());
        // A path of the page's own server has its protocol.
        url.protocol = url.protocol.replace(/^http/, "ws");
        const socket = new WebSocket(this.tokens.isInsecure ? this.naming(url.href) : url.href);
        const send = socket.send.bind(socket);
        socket.send = (frame) => send(typeof frame === "string" ? this.withToken(frame) : frame);
        this.sockets.add(socket);
        socket.addEventListener("close", () => this.sockets.delete(socket));
        socket.addEventListener("message", ({ data }) => this.hear(data));
        return socket as WebSocketLike;
    }

    /** The frame with which a socket says whose it is, with the newest token there is. */
    private withToken(frame: string): string {
        const { newer } = this.tokens;
        if (newer === undefined || !frame.startsWith('{"type":"auth"')) return frame;
        return JSON.stringify({ ...(JSON.parse(frame) as object), token: newer });
    }

    private naming(url: string): string {
        return `${url}${url.includes("?") ? "&" : "?"}user_id=${encodeURIComponent(this.config().userId)}`;
    }

    private hear(data: unknown): void {
        const { onMessage } = this.config();
        if (onMessage === undefined || typeof data !== "string") return;
        let frame: unknown;
        try {
            frame = JSON.parse(data);
        } catch {
            return;
        }
        onMessage(frame);
    }
}

/**
 * The list of dialogs that one is in. Asked with scopes the server leaves out of it what others may join and oneself could not, although
 * one is in it, and although the socket tells of it.
 */
function isOwnList(url: string): boolean {
    const { pathname, searchParams } = new URL(url, pageUrl());
    return pathname.endsWith("/api/v1/dialogs") && searchParams.get("type") !== "available";
}

/** Where the server is, as `@mtchat/client` says it; a path is one on the page's own server. */
function baseOf(url: string): string {
    const { origin, pathname } = new URL(url, pageUrl());
    return origin + pathname.replace(/\/+$/, "");
}

function pageUrl(): string | undefined {
    return typeof location === "undefined" ? undefined : location.href;
}
