import { asError } from "./errors.js";
import type { TokenSource } from "./requests.js";
import type { WsClientMessage, WsEvent, WsEventHandler } from "./types.js";

/** The longest pause between two tries, in milliseconds. */
const LONGEST_PAUSE = 30_000;
/** How long the server may stay silent after a ping, in milliseconds, and after the handshake. */
const PATIENCE = 10_000;
/** Close codes after which coming back would not help: something has to change first. */
const NO_RETURN = { from: 4100, to: 4199 };

/** What is needed of a `WebSocket`. */
type SocketClass = new (url: string) => WebSocket;

export interface MTChatWebSocketOptions {
    /** The server's, with `ws:` or `wss:`: `wss://chat.example/api/v1/ws`. */
    url: string;
    userId: string;
    /** Without one the user is named in the query, which a server takes in its insecure mode only. */
    token?: TokenSource;
    onConnect?: () => void;
    onDisconnect?: () => void;
    onError?: (error: Error) => void;
    onMessage?: WsEventHandler;
    /** Come back when the connection is lost. Default `true`. */
    reconnect?: boolean;
    /** The first pause, in milliseconds; they grow, and no two clients have the same. Default 3000. */
    reconnectInterval?: number;
    /** Default 30000. */
    heartbeatInterval?: number;
    /** Used instead of the system's. */
    WebSocket?: SocketClass;
}

/** One user's socket: comes back by itself, and notices when the other side is gone. */
export class MTChatWebSocket {
    private readonly options: MTChatWebSocketOptions;
    private socket: WebSocket | null = null;
    private wanted = false;
    private identified = false;
    /** Which try this is: what an older one still finds out does not count. */
    private turn = 0;
    private opening = false;
    private lastToken: string | null = null;
    private failures = 0;
    private comeBack: ReturnType<typeof setTimeout> | undefined;
    private heartbeat: ReturnType<typeof setInterval> | undefined;
    private watchdog: ReturnType<typeof setTimeout> | undefined;

    constructor(options: MTChatWebSocketOptions) {
        this.options = options;
    }

    /** The server knows who this is. */
    get isConnected(): boolean {
        return this.identified;
    }

    /** Be connected from now on. There is never more than one connection. */
    connect(): void {
        this.wanted = true;
        this.failures = 0;
        clearTimeout(this.comeBack);
        if (this.socket === null && !this.opening) void this.open();
    }

    /** Be connected no longer. */
    disconnect(): void {
        this.wanted = false;
        this.opening = false;
        this.turn += 1;
        clearTimeout(this.comeBack);
        this.drop(1000);
    }

    /** Say something; `false`: nobody listens now. */
    send(message: WsClientMessage): boolean {
        // 1 is `WebSocket.OPEN`, which need not be there where the class was given.
        if (this.socket === null || this.socket.readyState !== 1) return false;
        this.socket.send(JSON.stringify(message));
        return true;
    }

    /** Kept for hosts that call it: events of all one's dialogs come anyway. */
    subscribe(dialog: string): boolean {
        return this.send({ type: "subscribe", dialog_id: dialog });
    }

    /** See {@link subscribe}. */
    unsubscribe(dialog: string): boolean {
        return this.send({ type: "unsubscribe", dialog_id: dialog });
    }

    ping(): boolean {
        const sent = this.send({ type: "ping" });
        if (sent) this.watch();
        return sent;
    }

    private async open(refused = false): Promise<void> {
        const turn = ++this.turn;
        this.opening = true;
        const token = await this.token(refused).catch((thrown: unknown) => this.fail(asError(thrown)));
        if (turn !== this.turn || !this.wanted) return;
        this.opening = false;
        if (token === undefined) return this.comeBackLater();
        if (refused && token === this.lastToken) return this.fail(new Error("the server does not take the token"));
        this.lastToken = token;
        try {
            this.hold(new (this.options.WebSocket ?? WebSocket)(this.address(token)), token);
        } catch (thrown) {
            this.wanted = false;
            this.fail(asError(thrown));
        }
    }

    /** From now on this one is the connection. */
    private hold(socket: WebSocket, token: string | null): void {
        this.socket = socket;
        this.watch();
        // What an old socket still says is not heard any more.
        const heard =
            <E>(listener: (event: E) => void) =>
            (event: E) =>
                this.socket === socket ? listener(event) : undefined;
        // A token goes into the first frame, not into the address: addresses stand in logs.
        socket.onopen = heard(() => token !== null && this.send({ type: "auth", token }));
        socket.onmessage = heard((event: MessageEvent) => this.hear(event.data));
        socket.onerror = heard(() => this.fail(new Error("the connection failed")));
        socket.onclose = heard((event: CloseEvent) => this.lost(event.code));
    }

    private hear(data: unknown): void {
        clearTimeout(this.watchdog);
        const event = eventOf(data);
        if (event === null) return;
        if (event.type === "connected") this.arrived();
        this.options.onMessage?.(event);
        if (event.type === "error") this.complaint(event);
    }

    private arrived(): void {
        this.failures = 0;
        if (this.identified) return;
        this.identified = true;
        clearInterval(this.heartbeat);
        this.heartbeat = setInterval(() => this.ping(), this.options.heartbeatInterval ?? 30_000);
        this.options.onConnect?.();
    }

    private complaint(event: WsEvent): void {
        // The token has ended: a fresh one within some seconds keeps the connection.
        if (event.code === "UNAUTHORIZED" && typeof this.options.token === "function") void this.renew();
        else this.fail(new Error(event.message ?? "the server complains"));
    }

    private async renew(): Promise<void> {
        const { socket } = this;
        const token = await this.token(true).catch(() => undefined);
        if (token && socket !== null && socket === this.socket) this.send({ type: "auth", token });
    }

    private lost(code: number): void {
        this.drop();
        const refused = code >= NO_RETURN.from && code <= NO_RETURN.to;
        if (!refused) return this.comeBackLater();
        if (typeof this.options.token === "function") return this.comeBackLater(true);
        this.fail(new Error(`the server ended the connection (${code})`));
    }

    private comeBackLater(refused = false): void {
        if (!this.wanted || this.options.reconnect === false) return;
        this.comeBack = setTimeout(() => void this.open(refused), pause(this.failures, this.options.reconnectInterval ?? 3_000));
        this.failures += 1;
    }

    /** Somebody has to say something now, or the connection is dead, whatever the system believes. */
    private watch(): void {
        clearTimeout(this.watchdog);
        this.watchdog = setTimeout(() => this.lost(1006), PATIENCE);
    }

    /** Let go of the socket, if there is one. */
    private drop(code?: number): void {
        const { socket, identified } = this;
        this.socket = null;
        this.identified = false;
        clearInterval(this.heartbeat);
        clearTimeout(this.watchdog);
        if (socket !== null && socket.readyState < 2) socket.close(code);
        if (identified) this.options.onDisconnect?.();
    }

    private fail(error: Error): undefined {
        this.options.onError?.(error);
    }

    private async token(refused: boolean): Promise<string | null> {
        const { token } = this.options;
        return (typeof token === "function" ? await token(refused) : token) || null;
    }

    private address(token: string | null): string {
        const { url, userId } = this.options;
        if (token !== null) return url;
        return `${url}${url.includes("?") ? "&" : "?"}user_id=${encodeURIComponent(userId)}`;
    }
}

/** How long to wait after so many failures: longer each time, and not all clients at the same moment. */
export function pause(failures: number, first: number, random: () => number = Math.random): number {
    const longest = Math.max(first, LONGEST_PAUSE);
    return Math.min(longest, first * 2 ** Math.min(failures, 16)) * (0.5 + random() / 2);
}

/** An event, whichever way its fields came; `null`: not an event. */
export function eventOf(data: unknown): WsEvent | null {
    if (typeof data !== "string") return null;
    let frame: unknown;
    try {
        frame = JSON.parse(data);
    } catch {
        return null;
    }
    if (typeof frame !== "object" || frame === null || typeof (frame as { type?: unknown }).type !== "string") return null;
    const { type, payload: wrapped, ...flat } = frame as { type: string; payload?: unknown };
    const payload = { ...flat, ...(typeof wrapped === "object" && wrapped !== null ? wrapped : {}) };
    return { ...payload, type, payload };
}
