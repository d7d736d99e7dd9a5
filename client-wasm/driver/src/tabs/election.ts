import type { Locks } from "./platform.js";

/** Who leads: whoever holds a lock. The others wait for it, so that one of them leads as soon as the leader is gone. */
export class Election {
    private waiting: AbortController | null = null;
    private release: (() => void) | null = null;

    constructor(
        private readonly locks: Locks,
        private readonly name: string,
        /** This tab leads from now on. */
        private readonly elected: () => void,
        /** Somebody has taken the lead from this tab: they think that it does not live any more. */
        private readonly deposed: () => void,
    ) {}

    /** Wait to lead. */
    stand(): void {
        if (this.waiting !== null || this.release !== null) return;
        const waiting = new AbortController();
        this.waiting = waiting;
        this.request({ signal: waiting.signal }, waiting);
    }

    /** Lead at once, whoever does now: they are not heard of any more. */
    seize(): void {
        if (this.release !== null) return;
        this.waiting?.abort();
        const waiting = new AbortController();
        this.waiting = waiting;
        this.request({ steal: true }, waiting);
    }

    /** Lead no longer, and do not wait for it. */
    withdraw(): void {
        this.waiting?.abort();
        this.waiting = null;
        const release = this.release;
        this.release = null;
        release?.();
    }

    private request(options: LockOptions, waiting: AbortController): void {
        let released = false;
        const hold = () => {
            // It was given up while it was being granted.
            if (this.waiting !== waiting) return undefined;
            this.waiting = null;
            const held = new Promise<void>((resolve) => {
                this.release = () => {
                    released = true;
                    resolve();
                };
            });
            this.elected();
            return held;
        };
        this.locks.request(this.name, options, hold).catch(() => {
            // Waiting was given up, or the lock was taken away.
            if (released || waiting.signal.aborted || this.release === null) return;
            this.release = null;
            this.deposed();
        });
    }
}
