import { ClientError, asError } from "../errors.js";
import type { DialogItemView, Draft, Kept as KeptForCore, OutboxEntry, Row } from "../generated/core.js";
import type { ClientState } from "../view/state.js";
import { Memory, type KeyValue } from "./key-value.js";

/** The list as it was last. */
export interface KeptList {
    dialogs: DialogItemView[];
    unread: ClientState["unread"];
}

/** The last rows of a dialog. */
interface KeptPage {
    /** When they were kept. */
    at: number;
    rows: Row[];
}

/** How long opening it may take, in milliseconds. */
const PATIENCE = 5_000;
/** How many dialogs have their last page kept. */
const MOST_PAGES = 20;
const OUTBOX = "outbox/";
const DRAFT = "draft/";
const PAGE = "page/";
const LIST = "list";

/**
 * What is kept across reloads. Nothing here fails: whatever goes wrong is told, and the chat goes on without.
 */
export class Kept {
    /** When each page was kept. */
    private pages: Promise<Map<string, number>> | null = null;

    private constructor(
        private readonly storage: KeyValue,
        private readonly trouble: (error: ClientError) => void,
    ) {}

    /** What was opened here; memory, where that could not be. */
    static async open(open: () => Promise<KeyValue>, trouble: (error: ClientError) => void): Promise<Kept> {
        try {
            return new Kept(await inTime(open()), trouble);
        } catch (thrown) {
            trouble(storageError("nothing will be kept across reloads", thrown));
            return new Kept(new Memory(), trouble);
        }
    }

    /** What a new core has to know. */
    async forCore(): Promise<KeptForCore> {
        const outbox = await this.read<OutboxEntry>(OUTBOX);
        const drafts = await this.read<Draft>(DRAFT);
        const bySending = (one: OutboxEntry, other: OutboxEntry) => one.sent_at - other.sent_at;
        return { outbox: outbox.map(([, entry]) => entry).sort(bySending), drafts: drafts.map(([, draft]) => draft) };
    }

    /** Whoever has this name leads now, and nobody before it. */
    async lead(place: string, leader: string): Promise<void> {
        await this.storage.lead?.(place, leader).catch((thrown: unknown) => {
            this.trouble(storageError("something could not be kept", thrown));
        });
    }

    keep(entry: OutboxEntry): Promise<void> {
        return this.write(OUTBOX + entry.id, entry);
    }

    forget(message: string): Promise<void> {
        return this.write(OUTBOX + message, null);
    }

    keepDraft(draft: Draft): Promise<void> {
        return this.write(DRAFT + draft.dialog, draft.content === "" ? null : draft);
    }

    keepList(list: KeptList): Promise<void> {
        return this.write(LIST, list);
    }

    async list(): Promise<KeptList | null> {
        const [first] = await this.read<KeptList>(LIST);
        return first?.[1] ?? null;
    }

    async keepPage(dialog: string, rows: Row[], at: number = Date.now()): Promise<void> {
        const name = PAGE + dialog;
        await this.write(name, { at, rows } satisfies KeptPage);
        this.pages ??= this.read<KeptPage>(PAGE).then((pages) => new Map(pages.map(([name, page]) => [name, page.at])));
        const pages = (await this.pages).set(name, at);
        const oldest = [...pages].sort(([, one], [, other]) => other - one).slice(MOST_PAGES);
        for (const [name] of oldest) pages.delete(name);
        await Promise.all(oldest.map(([name]) => this.write(name, null)));
    }

    async page(dialog: string): Promise<Row[] | null> {
        const pages = await this.read<KeptPage>(PAGE + dialog);
        const page = pages.find(([name]) => name === PAGE + dialog);
        return page?.[1].rows ?? null;
    }

    /** The page is about to sleep, or is back. */
    sleep(asleep: boolean): void {
        this.storage.sleep?.(asleep);
    }

    close(): void {
        this.storage.close?.();
    }

    private async write(name: string, thing: unknown): Promise<void> {
        try {
            await (thing === null ? this.storage.delete(name) : this.storage.set(name, JSON.stringify(thing)));
        } catch (thrown) {
            this.trouble(storageError("something could not be kept", thrown));
        }
    }

    private async read<T>(prefix: string): Promise<[string, T][]> {
        let entries: [string, string][] = [];
        try {
            entries = await this.storage.entries(prefix);
        } catch (thrown) {
            this.trouble(storageError("what was kept could not be read", thrown));
        }
        return entries.flatMap(([name, text]): [string, T][] => {
            try {
                return [[name, JSON.parse(text) as T]];
            } catch (thrown) {
                this.trouble(storageError(`what was kept as ${name} can not be read`, thrown));
                return [];
            }
        });
    }
}

/** Browsers have been seen never to answer. */
function inTime<T>(opening: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error("it does not open")), PATIENCE);
        void opening.then(resolve, reject).finally(() => clearTimeout(timer));
    });
}

function storageError(what: string, thrown: unknown): ClientError {
    const cause = asError(thrown);
    return new ClientError("storage", `${what}: ${cause.message}`, { cause });
}
