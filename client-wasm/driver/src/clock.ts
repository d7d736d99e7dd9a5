/** How far the clocks must be apart for the machine to have slept, in milliseconds. */
const SLEPT = 5_000;

/** A time as the core wants it: milliseconds since 1970 that never run backwards. */
export class Clock {
    private at: number;
    private date: number;
    private ticks: number;

    constructor(
        private readonly readDate: () => number = () => Date.now(),
        private readonly readTicks: () => number = () => performance.now(),
    ) {
        this.date = readDate();
        this.ticks = readTicks();
        this.at = this.date;
    }

    /**
     * Now. Two clocks are read, and the faster one counts: that of the day stands still or jumps back when somebody sets it, the
     * other one may stand still while the machine sleeps.
     */
    now(): number {
        this.advance();
        return Math.floor(this.at);
    }

    /** Whether the machine has slept since this clock was read last. */
    slept(): boolean {
        return this.advance() >= SLEPT;
    }

    private advance(): number {
        const [date, ticks] = [this.readDate(), this.readTicks()];
        const [byDate, byTicks] = [date - this.date, ticks - this.ticks];
        this.at += Math.max(byDate, byTicks, 0);
        this.date = date;
        this.ticks = ticks;
        return byDate - byTicks;
    }
}
