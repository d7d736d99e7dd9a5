import { ClientError } from "../errors.js";
import type { Intent } from "../generated/core.js";
import type { Numbered } from "./wire.js";

interface Waiting {
    intent: Intent;
    resolve(): void;
    reject(error: Error): void;
}

/** What a tab wants and does not know to be done. */
export class Wants {
    private readonly waiting = new Map<number, Waiting>();
    /** The number of the last one. */
    last = 0;

    /** Want something more; the promise is kept when it is done. */
    add(intent: Intent): [want: Numbered, done: Promise<void>] {
        this.last += 1;
        const number = this.last;
        const done = new Promise<void>((resolve, reject) => {
            this.waiting.set(number, { intent, resolve, reject });
        });
        return [{ number, intent }, done];
    }

    /** It is done, or can not be. */
    done(number: number, error: string | undefined): void {
        const waiting = this.waiting.get(number);
        if (waiting === undefined) return;
        this.waiting.delete(number);
        if (error === undefined) waiting.resolve();
        else waiting.reject(new ClientError("refused", error));
    }

    /** Nothing of it will be done any more. */
    giveUp(why: Error): void {
        for (const { reject } of this.waiting.values()) reject(why);
        this.waiting.clear();
    }

    get none(): boolean {
        return this.waiting.size === 0;
    }

    /** All of it, in the order in which it was wanted. */
    get all(): Numbered[] {
        return [...this.waiting].map(([number, { intent }]) => ({ number, intent }));
    }
}
