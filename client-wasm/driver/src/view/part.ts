/** Things of one kind by name, some of them from before: shown until there is word of them, or of everything. */
export class Part<V> {
    private things = new Map<string, V>();
    private readonly stale = new Set<string>();
    /** Somebody else has the map: it is copied before the next change. */
    private given = false;

    /** All of them. What comes back stays as it is. */
    get all(): ReadonlyMap<string, V> {
        this.given = true;
        return this.things;
    }

    get(name: string): V | undefined {
        return this.things.get(name);
    }

    set(name: string, thing: V): void {
        this.stale.delete(name);
        this.own().set(name, thing);
    }

    delete(name: string): boolean {
        this.stale.delete(name);
        return this.things.has(name) && this.own().delete(name);
    }

    /** Show this until there is word of it. */
    restore(name: string, thing: V): void {
        if (this.things.has(name)) return;
        this.own().set(name, thing);
        this.stale.add(name);
    }

    /** Everything is from before now. */
    begin(): void {
        for (const name of this.things.keys()) this.stale.add(name);
    }

    /** There was word of everything that still is. Tells what goes. */
    settle(): string[] {
        const gone = [...this.stale];
        for (const name of gone) this.delete(name);
        return gone;
    }

    private own(): Map<string, V> {
        if (this.given) {
            this.things = new Map(this.things);
            this.given = false;
        }
        return this.things;
    }
}
