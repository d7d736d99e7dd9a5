import { type MTChatConfig, resolveConfig, type ResolvedConfig } from "../chat/config.js";
import { MTChatApi } from "./api.js";
import { tokenOf } from "./token.js";
import type { JoinProfile, Message, WsEvent, WsEventHandler, WsEventType } from "./types.js";
import { MTChatWebSocket } from "./websocket.js";

/** What one may listen to: the server's events, `disconnected`, or all (`*`). */
export type ClientEventType = WsEventType | "disconnected" | "*";

/** The API and the socket of a user, for programs without a user interface. Nothing is kept: who wants that takes `@mtchat/client`. */
export class MTChatClient {
    readonly api: MTChatApi;
    private readonly config: ResolvedConfig;
    private readonly socket: MTChatWebSocket;
    private readonly listeners = new Map<ClientEventType, Set<WsEventHandler>>();

    constructor(config: MTChatConfig) {
        this.config = resolveConfig(config);
        const { baseUrl, userId, scopeConfig, wsUrl, reconnect, reconnectInterval, heartbeatInterval } = this.config;
        const token = tokenOf(() => this.config);
        this.api = new MTChatApi(baseUrl, userId, scopeConfig, token);
        this.socket = new MTChatWebSocket({
            url: wsUrl,
            userId,
            token,
            reconnect,
            reconnectInterval,
            heartbeatInterval,
            onConnect: () => this.config.onConnect?.(),
            onDisconnect: () => this.disconnected(),
            onError: (error) => this.config.onError?.(error),
            onMessage: (event) => this.hear(event),
        });
    }

    get isConnected(): boolean {
        return this.socket.isConnected;
    }

    get userId(): string {
        return this.config.userId;
    }

    connect(): void {
        this.socket.connect();
    }

    disconnect(): void {
        this.socket.disconnect();
    }

    subscribe(dialog: string): void {
        this.socket.subscribe(dialog);
    }

    unsubscribe(dialog: string): void {
        this.socket.unsubscribe(dialog);
    }

    /** Hear of an event, or of all (`*`), until the function that comes back is called. */
    on(event: ClientEventType, listener: WsEventHandler): () => void {
        const listeners = this.listeners.get(event) ?? new Set();
        this.listeners.set(event, listeners.add(listener));
        return () => this.off(event, listener);
    }

    off(event: ClientEventType, listener: WsEventHandler): void {
        this.listeners.get(event)?.delete(listener);
    }

    sendMessage(dialog: string, content: string): Promise<Message> {
        return this.api.sendMessage(dialog, content);
    }

    /** Join, by default as the configuration's `userProfile`. */
    joinDialog(dialog: string, profile: JoinProfile = this.profile()): Promise<void> {
        return this.api.joinDialog(dialog, profile);
    }

    leaveDialog(dialog: string): Promise<void> {
        return this.api.leaveDialog(dialog);
    }

    private hear(event: WsEvent): void {
        this.config.onMessage?.(event);
        this.tell(event);
    }

    private disconnected(): void {
        this.config.onDisconnect?.();
        this.tell({ type: "disconnected", payload: {} });
    }

    private tell(event: WsEvent): void {
        const heard = [...(this.listeners.get(event.type) ?? []), ...(this.listeners.get("*") ?? [])];
        for (const listener of heard) listener(event);
    }

    private profile(): JoinProfile {
        const { displayName, company, email, phone } = this.config.userProfile;
        return { display_name: displayName, company, ...(email ? { email } : {}), ...(phone ? { phone } : {}) };
    }
}
