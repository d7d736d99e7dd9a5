/** How often a tab that waits for something asks whether anybody is there, in milliseconds … */
const SOON = 1_000;
/** … and one that does not. */
const LATER = 10_000;
/** How long the hub may be silent after it was asked. */
const SILENT = 8_000;

/** What a watch needs to know and to do. */
export interface WatchTools {
    /** Whether the tab is looked at: one in the background can wait, and must not think others dead because itself sleeps. */
    isSeen(): boolean;
    /** Whether it waits for something. */
    isWaiting(): boolean;
    /** Ask whether anybody is there. */
    ask(): void;
    /** Nobody is. */
    dead(): void;
}

/**
 * Looks whether there is a hub that does something. A tab that the browser has frozen holds its lock and does nothing; and one in
 * the background, whose timers are slow, does what is due when it is asked.
 */
export class Watch {
    private timer: ReturnType<typeof setInterval> | null = null;
    private looked = 0;
    private asked = 0;
    /** Since when it was asked without hearing anything. */
    private silent: number | null = null;

    constructor(
        private readonly tools: WatchTools,
        private readonly now: () => number = () => Date.now(),
    ) {}

    start(): void {
        this.stop();
        this.looked = this.now();
        this.timer = setInterval(() => this.look(), SOON);
    }

    stop(): void {
        if (this.timer !== null) clearInterval(this.timer);
        this.timer = null;
        this.silent = null;
    }

    /** The hub said something. */
    heard(): void {
        this.silent = null;
    }

    /** One look. */
    look(): void {
        const now = this.now();
        const slept = now - this.looked > 3 * SOON;
        this.looked = now;
        if (slept || !this.tools.isSeen()) {
            // Whoever slept does not know how long others were silent.
            this.silent = null;
            return;
        }
        const often = this.silent !== null || this.tools.isWaiting();
        if (!often && now - this.asked < LATER) return;
        if (this.silent !== null && now - this.silent >= SILENT) {
            this.silent = null;
            this.tools.dead();
            return;
        }
        this.silent ??= now;
        this.asked = now;
        this.tools.ask();
    }
}
