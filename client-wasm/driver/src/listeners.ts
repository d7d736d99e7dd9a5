/** Those who want to hear of something. */
export class Listeners<Arguments extends unknown[]> {
    private readonly all = new Set<(...told: Arguments) => void>();

    /** Hear of it, until the function that comes back is called. */
    add(listener: (...told: Arguments) => void): () => void {
        // A function of its own for each, so that the same listener may come twice.
        const own = (...told: Arguments) => listener(...told);
        this.all.add(own);
        return () => void this.all.delete(own);
    }

    /** Tell everybody. Whoever throws does not keep it from the others. */
    tell(...told: Arguments): void {
        for (const listener of [...this.all]) {
            try {
                listener(...told);
            } catch (thrown) {
                queueMicrotask(() => {
                    throw thrown;
                });
            }
        }
    }

    /** Whether nobody listens. */
    get none(): boolean {
        return this.all.size === 0;
    }
}
