/** The longest that a system's timer can wait, in milliseconds. */
const MOST = 2 ** 31 - 1;

/** One timer: it is set anew after everything that happens. */
export class Timer {
    private running: ReturnType<typeof setTimeout> | null = null;

    constructor(private readonly rings: () => void) {}

    /** Ring after so many milliseconds, in place of what it was set to; `null`: not at all. */
    set(wait: number | null): void {
        this.stop();
        if (wait === null) return;
        this.running = setTimeout(() => {
            this.running = null;
            this.rings();
        }, Math.min(wait, MOST));
    }

    get isSet(): boolean {
        return this.running !== null;
    }

    stop(): void {
        if (this.running !== null) clearTimeout(this.running);
        this.running = null;
    }
}
