/** Where texts are kept by name. All of it belongs to one user of one server. */
export interface KeyValue {
    /** Everything whose name begins like this, by name. */
    entries(prefix: string): Promise<[name: string, text: string][]>;
    /** Keep a text, in place of what had its name. Writes take effect in the order in which they are asked for. */
    set(name: string, text: string): Promise<void>;
    /** Keep it no longer. */
    delete(name: string): Promise<void>;
    /**
     * Write for this leader from now on, whose names grow in order. What an earlier one still writes, not knowing that it does not
     * lead any more, has no effect. Needed only where several tabs share the place.
     */
    lead?(place: string, leader: string): Promise<void>;
    /**
     * The page is about to sleep, or is back. While it sleeps nothing is done, and what is being done is let go of, for others would
     * wait for it: it is wanted again when the page is back.
     */
    sleep?(asleep: boolean): void;
    /** Nothing more is wanted. */
    close?(): void;
}

/** Keeps things as long as the page or the process is there. */
export class Memory implements KeyValue {
    private readonly all = new Map<string, string>();

    async entries(prefix: string): Promise<[string, string][]> {
        return [...this.all].filter(([name]) => name.startsWith(prefix)).sort(([one], [other]) => (one < other ? -1 : 1));
    }

    async set(name: string, text: string): Promise<void> {
        this.all.set(name, text);
    }

    async delete(name: string): Promise<void> {
        this.all.delete(name);
    }
}
