import { Api } from "./api/api.js";
import { Http } from "./api/http.js";
import { asError, ClientError } from "./errors.js";
import { type UploadFile, type UploadOptions, Uploads } from "./files/upload.js";
import type { AttachmentInput, Diff, Intent } from "./generated/core.js";
import { newId } from "./ids.js";
import { Listeners } from "./listeners.js";
import { baseOf, type ClientOptions } from "./options.js";
import { Session } from "./session.js";
import { Tokens } from "./tokens.js";
import type { ClientState } from "./view/state.js";
import { View } from "./view/view.js";

/** What to send beside the text. */
export interface SendOptions {
    /** The message that it answers. */
    replyTo?: string;
    /** Files that were uploaded for this dialog, in the order in which they are shown. */
    attachments?: readonly AttachmentInput[];
    /** The message's id, a UUID of version 7. By default a new one. */
    id?: string;
}

/** A dialog that is looked at. */
export interface OpenDialog {
    readonly dialog: string;
    /** Look at it no longer. A second time does nothing. */
    close(): void;
}

/** A new client of a user. It does nothing, and touches nothing of the browser, before something is wanted of it. */
export function createClient(options: ClientOptions): Client {
    return new Client(options);
}

/** One user's client: what there is to show, and what one may do. */
export class Client extends Api {
    /** @internal */
    protected readonly http: Http;
    private readonly uploads: Uploads;
    private readonly view = new View();
    private readonly session: Session;
    private readonly opened = new Map<string, number>();
    private readonly listeners = new Listeners<[diffs: readonly Diff[], state: ClientState]>();
    private readonly errors = new Listeners<[error: ClientError]>();
    private readonly untold: (readonly Diff[])[] = [];
    private telling = false;
    private told: ClientState | null = null;

    /** Use {@link createClient}. @internal */
    constructor(options: ClientOptions) {
        super();
        const tokens = new Tokens(options.getToken);
        const load: typeof fetch = (input, init) => (options.fetch ?? fetch)(input, init);
        this.http = new Http(() => baseOf(options.url), tokens, load);
        this.uploads = new Uploads(this.http, load);
        this.session = new Session(options, {
            view: this.view,
            tokens,
            load,
            changed: (diffs) => this.tell(diffs),
            trouble: (error) => this.complain(error),
        });
    }

    /** What there is to show now. Never changed: whatever is different is another object. */
    get state(): ClientState {
        return this.view.state;
    }

    /**
     * Hear of whatever is different in {@link state}, after it is, until the function that comes back is called. Changes of timelines
     * are those of the rows as they are shown. There are no diffs where only `fresh` is another one, or a timeline was closed.
     */
    subscribe(listener: (diffs: readonly Diff[], state: ClientState) => void): () => void {
        return this.listeners.add(listener);
    }

    /** Hear of what goes wrong beside requests. Without a listener it goes to the console. */
    on(_event: "error", listener: (error: ClientError) => void): () => void {
        return this.errors.add(listener);
    }

    /**
     * Be connected from now on, and come back whenever the connection is lost. The promise is kept when there is a core that sees to
     * it, here or in another tab, and broken with a {@link ClientError} where there is none to be had; it need not be looked at.
     */
    connect(): Promise<void> {
        return this.session.connect();
    }

    /** Be connected no longer, as far as this tab is concerned. What was to be sent is kept. */
    disconnect(): void {
        this.session.need({ connect: false });
    }

    /** Give everything up that this client holds. With `forget`, what is kept in the browser goes as well, as when a user logs out. */
    close(options: { forget?: boolean } = {}): Promise<void> {
        return this.session.close(options.forget === true);
    }

    /** Look at a dialog: its newest messages are loaded and kept up to date until it is closed as often as it was opened. */
    open(dialog: string): OpenDialog {
        const count = this.opened.get(dialog) ?? 0;
        this.opened.set(dialog, count + 1);
        if (count === 0) this.session.show(dialog);
        let open = true;
        const close = () => {
            if (open) this.closes(dialog);
            open = false;
        };
        return { dialog, close };
    }

    /**
     * Say something; HTML, which may be empty where there are files. The promise is kept, with the message's id, as soon as the message
     * can not be lost any more.
     */
    async send(dialog: string, content: string, options: SendOptions = {}): Promise<string> {
        const { replyTo, attachments = [], id = newId() } = options;
        await this.want({ send: { id, dialog, content, reply_to: replyTo ?? null, attachments: [...attachments] } });
        return id;
    }

    /**
     * Upload a file for a message in a dialog: what comes back is for {@link send}. It needs the server and the file store now. What goes
     * wrong on the way is tried again a few times, and then an {@link ApiError}.
     */
    upload(dialog: string, file: UploadFile, options: UploadOptions = {}): Promise<AttachmentInput> {
        return this.uploads.upload(dialog, file, options);
    }

    /** Try a message that failed once more. */
    retry(message: string): Promise<void> {
        return this.want({ retry: message });
    }

    /** Give a message that failed up. */
    discard(message: string): Promise<void> {
        return this.want({ discard: message });
    }

    /** Load messages before the oldest that are shown. */
    older(dialog: string): Promise<void> {
        return this.want({ older: dialog });
    }

    /** Load messages after those to which one has jumped. */
    newer(dialog: string): Promise<void> {
        return this.want({ newer: dialog });
    }

    /** Go to a message that may be far away. */
    jump(dialog: string, message: string): Promise<void> {
        return this.want({ jump: { dialog, message } });
    }

    /** Go back to the newest messages. */
    latest(dialog: string): Promise<void> {
        return this.want({ latest: dialog });
    }

    /** Everything up to this message is read. */
    read(dialog: string, message: string): Promise<void> {
        return this.want({ read: { dialog, message } });
    }

    /** A key was pressed. */
    typing(dialog: string): void {
        this.session.typing(dialog);
    }

    /** What is written and not sent yet, for the next time; empty: nothing any more. Sending ends it. */
    draft(dialog: string, content: string): Promise<void> {
        return this.want({ draft: { dialog, content } });
    }

    /** Load more of the list of dialogs. */
    moreDialogs(): Promise<void> {
        return this.want("more_dialogs");
    }

    /** See the dialogs that may be joined, or see them no longer. */
    showAvailable(show: boolean): void {
        this.session.need({ available: show });
    }

    private closes(dialog: string): void {
        const left = (this.opened.get(dialog) ?? 1) - 1;
        if (left > 0) return void this.opened.set(dialog, left);
        this.opened.delete(dialog);
        this.session.hide(dialog);
    }

    private want(intent: Intent): Promise<void> {
        return this.session.want(intent);
    }

    /** One after the other, also where a listener wants something that changes things at once: all hear the same order. */
    private tell(diffs: readonly Diff[]): void {
        if (diffs.length === 0 && this.state === this.told) return;
        this.told = this.state;
        this.untold.push(diffs);
        if (this.telling) return;
        this.telling = true;
        for (let next; (next = this.untold.shift()) !== undefined; ) this.listeners.tell(next, this.state);
        this.telling = false;
    }

    private complain(error: ClientError): void {
        if (this.errors.none) console.error(asError(error));
        else this.errors.tell(error);
    }
}
