/** How many cores may break within a minute. More than that, and the next one would break as well. */
const MOST = 3;
const MINUTE = 60_000;

/** When cores were replaced. */
export class Restarts {
    private times: number[] = [];

    constructor(private readonly now: () => number = () => Date.now()) {}

    /** One has broken; whether there may be another one. */
    again(): boolean {
        const now = this.now();
        this.times = this.times.filter((time) => now - time < MINUTE);
        this.times.push(now);
        return this.times.length <= MOST;
    }
}
