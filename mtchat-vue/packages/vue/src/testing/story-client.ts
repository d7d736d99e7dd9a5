import type { AttachmentInput, ClientError, ClientState, Diff, MessageView, Row } from "@mtchat/client";
import { computed, effectScope, type MaybeRefOrGetter, toValue } from "vue";
import { chatOf, type OwnedClient } from "../chat/chat.js";
import { type Chat, type MTChatConfig, resolveConfig } from "../chat/index.js";
import { aConfig, aMessage, anId } from "./fixtures.js";

/** Something that was wanted of a {@link StoryClient}. */
export interface Want {
    readonly what: keyof OwnedClient;
    readonly of: readonly unknown[];
}

/** What a story's client says when it is asked, by method; everything else succeeds. */
export type Answers = { [M in keyof OwnedClient]?: OwnedClient[M] extends (...args: infer A) => infer R ? (...args: A) => R : never };

const EMPTY: ClientState = {
    connection: "connected",
    dialogs: [],
    moreDialogs: false,
    available: [],
    unread: { messages: 0, dialogs: 0 },
    fresh: true,
    timelines: new Map(),
    participants: new Map(),
    typing: new Map(),
    presence: new Map(),
    drafts: new Map(),
};

/**
 * A client whose state is given as data and which remembers what is wanted of it, for tests and stories. Nothing of what is wanted
 * happens, except that drafts are kept: say with {@link set} and {@link show} what comes of it.
 */
export class StoryClient implements OwnedClient {
    state: ClientState;
    /** All that was wanted so far. */
    readonly wants: Want[] = [];
    private readonly listeners = new Set<(diffs: readonly Diff[], state: ClientState) => void>();
    private readonly errors = new Set<(error: ClientError) => void>();

    constructor(
        state: Partial<ClientState> = {},
        /** May be changed at any time. */
        readonly answers: Answers = {},
    ) {
        this.state = { ...EMPTY, ...state };
    }

    /** Something is different. */
    set(change: Partial<ClientState>, diffs: readonly Diff[] = []): void {
        this.state = { ...this.state, ...change };
        for (const listener of [...this.listeners]) listener(diffs, this.state);
    }

    /** These are the rows of a dialog now. */
    show(dialog: string, rows: readonly Row[], fresh = true): void {
        this.set({ timelines: new Map(this.state.timelines).set(dialog, { rows, fresh }) });
    }

    /** Something goes wrong. */
    fail(error: ClientError): void {
        for (const listener of [...this.errors]) listener(error);
    }

    /** With what this was wanted, each time. */
    wanted(what: keyof OwnedClient): readonly (readonly unknown[])[] {
        return this.wants.filter((want) => want.what === what).map(({ of }) => of);
    }

    subscribe(listener: (diffs: readonly Diff[], state: ClientState) => void): () => void {
        this.listeners.add(listener);
        return () => void this.listeners.delete(listener);
    }

    on(_event: "error", listener: (error: ClientError) => void): () => void {
        this.errors.add(listener);
        return () => void this.errors.delete(listener);
    }

    readonly open: OwnedClient["open"] = (dialog) => {
        this.say("open", [dialog], undefined);
        return this.answers.open?.(dialog) ?? { dialog, close: () => void this.wants.push({ what: "close", of: [dialog] }) };
    };
    readonly draft: OwnedClient["draft"] = async (dialog, content) => {
        const drafts = new Map(this.state.drafts).set(dialog, content);
        if (content === "") drafts.delete(dialog);
        this.set({ drafts });
        await this.say("draft", [dialog, content], undefined);
    };
    readonly send: OwnedClient["send"] = async (...of) => this.say("send", of, Promise.resolve(of[2]?.id ?? anId()));
    readonly upload: OwnedClient["upload"] = (...of) => this.say("upload", of, Promise.resolve(uploaded(of[1])));
    readonly edit: OwnedClient["edit"] = (...of) => this.say("edit", of, Promise.resolve(this.messageOf(of[0], of[1], of[2])));
    readonly message: OwnedClient["message"] = (...of) => this.say("message", of, Promise.resolve(this.messageOf(...of)));
    readonly messages: OwnedClient["messages"] = (...of) =>
        this.say("messages", of, Promise.resolve({ messages: [], has_more_before: false, has_more_after: false }));
    readonly dialogs: OwnedClient["dialogs"] = (...of) => this.say("dialogs", of, Promise.resolve({ dialogs: [] }));
    readonly dialog: OwnedClient["dialog"] = (...of) => this.say("dialog", of, NEVER);
    readonly dialogOfObject: OwnedClient["dialogOfObject"] = (...of) => this.say("dialogOfObject", of, Promise.resolve(null));
    readonly dialogsOfObject: OwnedClient["dialogsOfObject"] = (...of) => this.say("dialogsOfObject", of, Promise.resolve([]));
    readonly participants: OwnedClient["participants"] = (...of) => this.say("participants", of, Promise.resolve([]));
    readonly formerParticipants: OwnedClient["formerParticipants"] = (...of) => this.say("formerParticipants", of, Promise.resolve([]));
    readonly search: OwnedClient["search"] = (...of) => this.say("search", of, Promise.resolve({ results: [] }));
    readonly history: OwnedClient["history"] = (...of) => this.say("history", of, Promise.resolve([]));
    readonly react: OwnedClient["react"] = (...of) => this.say("react", of, Promise.resolve([]));
    readonly unreact: OwnedClient["unreact"] = (...of) => this.say("unreact", of, Promise.resolve([]));
    readonly attachmentLinks: OwnedClient["attachmentLinks"] = (...of) => this.say("attachmentLinks", of, NEVER);
    readonly connect: OwnedClient["connect"] = (...of) => this.say("connect", of, DONE);
    readonly disconnect: OwnedClient["disconnect"] = (...of) => this.say("disconnect", of, undefined);
    readonly close: OwnedClient["close"] = (...of) => this.say("close", of, DONE);
    readonly retry: OwnedClient["retry"] = (...of) => this.say("retry", of, DONE);
    readonly discard: OwnedClient["discard"] = (...of) => this.say("discard", of, DONE);
    readonly older: OwnedClient["older"] = (...of) => this.say("older", of, DONE);
    readonly newer: OwnedClient["newer"] = (...of) => this.say("newer", of, DONE);
    readonly jump: OwnedClient["jump"] = (...of) => this.say("jump", of, DONE);
    readonly latest: OwnedClient["latest"] = (...of) => this.say("latest", of, DONE);
    readonly read: OwnedClient["read"] = (...of) => this.say("read", of, DONE);
    readonly typing: OwnedClient["typing"] = (...of) => this.say("typing", of, undefined);
    readonly moreDialogs: OwnedClient["moreDialogs"] = (...of) => this.say("moreDialogs", of, DONE);
    readonly showAvailable: OwnedClient["showAvailable"] = (...of) => this.say("showAvailable", of, undefined);
    readonly remove: OwnedClient["remove"] = (...of) => this.say("remove", of, DONE);
    readonly join: OwnedClient["join"] = (...of) => this.say("join", of, DONE);
    readonly leave: OwnedClient["leave"] = (...of) => this.say("leave", of, DONE);
    readonly archive: OwnedClient["archive"] = (...of) => this.say("archive", of, DONE);
    readonly unarchive: OwnedClient["unarchive"] = (...of) => this.say("unarchive", of, DONE);
    readonly pin: OwnedClient["pin"] = (...of) => this.say("pin", of, DONE);
    readonly unpin: OwnedClient["unpin"] = (...of) => this.say("unpin", of, DONE);
    readonly notifications: OwnedClient["notifications"] = (...of) => this.say("notifications", of, DONE);
    readonly markUnread: OwnedClient["markUnread"] = (...of) => this.say("markUnread", of, DONE);

    private say<R>(what: keyof OwnedClient, of: readonly unknown[], otherwise: R): R {
        this.wants.push({ what, of });
        const answer = this.answers[what] as ((...args: unknown[]) => R) | undefined;
        return answer === undefined || what === "open" ? otherwise : answer(...of);
    }

    private messageOf(dialog: string, id: string, content?: string): MessageView {
        const rows = this.state.timelines.get(dialog)?.rows ?? [];
        const row = rows.find((one) => "message" in one && one.message.id === id);
        const found = row !== undefined && "message" in row ? row.message : aMessage({ id, dialog_id: dialog });
        return content === undefined ? found : { ...found, content };
    }
}

/** A chat of a story, by default Anna's. */
export function storyChat(client: StoryClient = new StoryClient(), config: MaybeRefOrGetter<Partial<MTChatConfig>> = {}): Chat {
    // Outside of the scope of whoever makes it: a test may mount several things with it.
    return effectScope(true).run(() => chatOf(client, computed(() => resolveConfig(aConfig(toValue(config))))))!;
}

/** What a composable returns, as in a component that stays until `stop` is called. */
export function inScope<T>(use: () => T): T & { stop(): void } {
    const scope = effectScope(true);
    const used = scope.run(use)!;
    return Object.assign(Object.create(null) as object, used, { stop: () => scope.stop() });
}

const DONE = Promise.resolve();
const NEVER = new Promise<never>(() => undefined);

function uploaded(file: { readonly name?: string; readonly type: string; readonly size: number }): AttachmentInput {
    return { s3_key: `uploads/${anId()}`, filename: file.name ?? "file", content_type: file.type, size: file.size };
}
