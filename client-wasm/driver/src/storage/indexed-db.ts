import type { KeyValue } from "./key-value.js";

const STORE = "kept";
/** Behind every name that begins like the one before it. */
const LAST = "\uffff";

/** Keeps things in a database of the browser. */
export class IndexedDb implements KeyValue {
    private opened: Promise<IDBDatabase> | null = null;
    /** Where it says who leads, and for whom this one writes. */
    private led: { place: string; leader: string } | null = null;
    private readonly running = new Set<IDBTransaction>();
    private asleep = false;

    private constructor(private readonly name: string) {}

    /** Open the database of a scope; fails where the browser refuses that, as private windows may. */
    static async open(scope: string): Promise<IndexedDb> {
        const kept = new IndexedDb(databaseOf(scope));
        await kept.database();
        return kept;
    }

    /** Take the database of a scope away. */
    static remove(scope: string): Promise<void> {
        return done(indexedDB.deleteDatabase(databaseOf(scope)));
    }

    async entries(prefix: string): Promise<[string, string][]> {
        const range = IDBKeyRange.bound(prefix, prefix + LAST);
        let found: [string, string][] = [];
        await this.run("readonly", (store) => {
            // Both are asked for at once, in one transaction, so that they fit together.
            const [names, texts] = [store.getAllKeys(range), store.getAll(range)];
            texts.onsuccess = () => {
                found = names.result.map((name, place) => [String(name), String(texts.result[place])]);
            };
        });
        return found;
    }

    set(name: string, text: string): Promise<void> {
        return this.write((store) => store.put(text, name));
    }

    delete(name: string): Promise<void> {
        return this.write((store) => store.delete(name));
    }

    async lead(place: string, leader: string): Promise<void> {
        this.led = { place, leader };
        await this.set(place, leader);
    }

    close(): void {
        void this.opened?.then((database) => database.close(), () => undefined);
        this.opened = null;
    }

    /**
     * A transaction of a page that the browser has frozen keeps all others waiting, for two minutes in Chromium: it can not go on, and
     * does not end.
     */
    sleep(asleep: boolean): void {
        this.asleep = asleep;
        if (!asleep) return;
        const running = [...this.running];
        this.running.clear();
        for (const transaction of running) transaction.abort();
    }

    private write(change: (store: IDBObjectStore) => unknown): Promise<void> {
        const { led } = this;
        return this.run("readwrite", (store) => (led === null ? change(store) : this.unlessDeposed(store, led, change)));
    }

    private async run(mode: IDBTransactionMode, does: (store: IDBObjectStore) => unknown): Promise<void> {
        const database = await this.database();
        if (this.asleep) return;
        const transaction = database.transaction(STORE, mode);
        this.running.add(transaction);
        does(transaction.objectStore(STORE));
        // What is committed is there after a reload; what was only asked for may not be.
        await new Promise<void>((resolve, reject) => {
            transaction.oncomplete = () => resolve();
            transaction.onabort = () => {
                // It was let go.
                if (!this.running.has(transaction)) resolve();
                else reject(transaction.error ?? new Error("the transaction was aborted"));
            };
        }).finally(() => this.running.delete(transaction));
    }

    private unlessDeposed(
        store: IDBObjectStore,
        { place, leader }: { place: string; leader: string },
        change: (store: IDBObjectStore) => unknown,
    ): void {
        const request = store.get(place);
        request.onsuccess = () => {
            const now: unknown = request.result;
            if (typeof now !== "string" || now <= leader) change(store);
        };
    }

    /** The database; opened again when the browser took it away. */
    private database(): Promise<IDBDatabase> {
        this.opened ??= this.open().catch((thrown: unknown) => {
            this.opened = null;
            throw thrown;
        });
        return this.opened;
    }

    private async open(): Promise<IDBDatabase> {
        const request = indexedDB.open(this.name, 1);
        request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
        await done(request);
        const database = request.result;
        const lost = () => {
            database.close();
            this.opened = null;
        };
        database.onclose = lost;
        // Somebody wants to take it away: an open one would keep them waiting.
        database.onversionchange = lost;
        return database;
    }
}

function databaseOf(scope: string): string {
    return `mtchat/${scope}`;
}

function done(request: IDBRequest): Promise<void> {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve();
        request.onerror = () => reject(request.error ?? new Error("the database does not say why"));
    });
}
