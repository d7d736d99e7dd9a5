/** A socket that goes nowhere: tests say what happens to it. Put it in the place of `WebSocket`. */
export class FakeSocket extends EventTarget {
    /** All that were made. */
    static readonly all: FakeSocket[] = [];
    readyState = 0;
    /** What was said over it. */
    readonly said: unknown[] = [];
    onopen: ((event: Event) => void) | null = null;
    onmessage: ((event: MessageEvent) => void) | null = null;
    onclose: ((event: { code: number }) => void) | null = null;
    onerror: ((event: Event) => void) | null = null;

    constructor(readonly url: string) {
        super();
        FakeSocket.all.push(this);
    }

    send(text: string): void {
        this.said.push(JSON.parse(text));
    }

    close(code = 1005): void {
        this.readyState = 3;
        this.dispatchEvent(new Event("close"));
        this.onclose?.({ code });
    }

    /** It is open now. */
    open(): void {
        this.readyState = 1;
        this.onopen?.(new Event("open"));
    }

    /** Something comes over it: a frame, or text that is none. */
    hear(frame: unknown): void {
        const event = new MessageEvent("message", { data: typeof frame === "string" ? frame : JSON.stringify(frame) });
        this.dispatchEvent(event);
        this.onmessage?.(event);
    }
}
