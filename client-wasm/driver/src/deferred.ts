/** A promise that is kept or broken from outside. */
export class Deferred {
    readonly promise: Promise<void>;
    resolve!: () => void;
    reject!: (error: Error) => void;

    constructor() {
        this.promise = new Promise((resolve, reject) => {
            this.resolve = resolve;
            this.reject = reject;
        });
        // Whoever does not look at it hears of it elsewhere: it must not end a process.
        this.promise.catch(() => undefined);
    }
}
