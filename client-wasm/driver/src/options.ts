import type { WasmSource } from "./core/source.js";
import type { KeyValue } from "./storage/key-value.js";

/** What a client is made of. */
export interface ClientOptions {
    /** Where the server is: `https://chat.example`, with a path before `/api` where it has one. */
    url: string;
    /**
     * A token of the user, a fresh one whenever it is called: it is called at the start and when the server does not take the last
     * one any more. `null`: there is none now; it will be asked for again.
     */
    getToken: () => Promise<string | null>;
    /** Whose client this is. By default the claim `sub` of the token says it; needed where another claim does. */
    user?: string;
    /** The program of the core, from a place of yours. By default it comes out of the package, in a chunk of its own. */
    wasm?: WasmSource;
    /**
     * Where unsent messages, drafts and the last pages are kept across reloads. By default IndexedDB, in a database of its own for
     * each user of each server, and nothing but memory where there is none. `"memory"`: keep nothing.
     */
    storage?: "memory" | KeyValue;
    /** Whether the tabs of a browser share one connection. By default they do, wherever there are Web Locks. */
    tabs?: boolean;
    /** What sockets are made with. By default that of the system; in Node the package `ws` where there is none. */
    WebSocket?: WebSocketClass;
    /** What requests are made with. By default that of the system. */
    fetch?: typeof fetch;
}

/** What is needed of a `WebSocket`. */
export type WebSocketClass = new (url: string) => WebSocketLike;

/** What is needed of an open one. */
export interface WebSocketLike {
    onopen: ((event: never) => void) | null;
    onmessage: ((event: never) => void) | null;
    onclose: ((event: never) => void) | null;
    onerror: ((event: never) => void) | null;
    readonly readyState: number;
    send(text: string): void;
    close(code?: number): void;
}

/** The address without what does not belong to it; a path alone is one on the page's own server. */
export function baseOf(url: string): string {
    const page = typeof location === "undefined" ? undefined : location.href;
    const { origin, pathname } = new URL(url, page);
    return origin + pathname.replace(/\/+$/, "");
}
