import { ClientError, asError } from "../errors.js";
import type { Input } from "../generated/core.js";
import type { WebSocketClass, WebSocketLike } from "../options.js";

/** Codes that say that none was given. */
const NO_CODE = [1005, 1006];

/** The sockets of a core, by the names that it gives them. */
export class Sockets {
    private readonly open = new Map<number, WebSocketLike>();
    /** Those over which something was said: that begins with whose they are. */
    private readonly known = new Set<number>();
    private viewing: string | null = null;

    constructor(
        private readonly url: string,
        private readonly WebSocket: WebSocketClass,
        private readonly tell: (input: Input) => void,
        private readonly trouble: (error: ClientError) => void,
    ) {}

    /** Open one. */
    dial(name: number): void {
        let socket: WebSocketLike;
        try {
            socket = new this.WebSocket(this.url);
        } catch (thrown) {
            const cause = asError(thrown);
            this.trouble(new ClientError("socket", `no socket to ${this.url} can be made: ${cause.message}`, { cause }));
            // The core is in the middle of something now.
            queueMicrotask(() => this.tell({ closed: { socket: name, code: null } }));
            return;
        }
        this.open.set(name, socket);
        socket.onopen = () => this.tell({ opened: name });
        socket.onmessage = ({ data }: { data: unknown }) => {
            // Frames of the server are text.
            if (typeof data === "string") this.tell({ frame: { socket: name, text: data } });
        };
        socket.onclose = ({ code }: { code: number }) => {
            this.open.delete(name);
            this.known.delete(name);
            this.tell({ closed: { socket: name, code: NO_CODE.includes(code) ? null : code } });
        };
        // It is closed as well then, and says nothing more than that.
        socket.onerror = () => undefined;
    }

    /** Say something over one. What can not be said any more is lost, as on the way. */
    say(name: number, text: string): void {
        const socket = this.open.get(name);
        if (socket?.readyState !== 1) return;
        socket.send(text);
        if (this.known.has(name)) return;
        this.known.add(name);
        if (this.viewing !== null) socket.send(viewing(this.viewing));
    }

    /** Say which dialog is on a screen, now and over each socket that comes. */
    view(dialog: string | null): void {
        if (dialog === this.viewing) return;
        this.viewing = dialog;
        for (const name of this.known) this.say(name, viewing(dialog));
    }

    /** Close one; nothing more is heard of it. */
    hang(name: number): void {
        const socket = this.open.get(name);
        if (socket === undefined) return;
        this.open.delete(name);
        this.known.delete(name);
        [socket.onopen, socket.onmessage, socket.onclose] = [null, null, null];
        socket.close(1000);
    }

    hangAll(): void {
        for (const name of [...this.open.keys()]) this.hang(name);
    }
}

/** The frame that says it. The core knows neither pages nor tabs, so it is not the core that makes it. */
function viewing(dialog: string | null): string {
    return JSON.stringify({ type: "viewing", dialog_id: dialog });
}
