import { computed, type Ref, ref, shallowRef } from "vue";
import type { MessageView } from "@mtchat/client";
import { DIALOG_KEY } from "../composables/dialog-context.js";
import type { ComposerMode, DialogContext, PendingAttachment, TimelineItem, UseComposerReturn, WriteAccess } from "../composables/types.js";
import { CHAT_KEY } from "../chat/types.js";
import { createI18n, I18N_KEY } from "../i18n/index.js";
import { storyChat } from "../testing/story-client.js";
import { aMessage, aParticipant, PEOPLE } from "../testing/fixtures.js";

/** @internal An open dialog whose parts tests set by hand, and what was wanted of it. */
export interface StagedDialog {
    readonly context: DialogContext;
    readonly id: Ref<string>;
    readonly access: Ref<WriteAccess>;
    readonly draft: Ref<string>;
    readonly mode: Ref<ComposerMode>;
    readonly files: Ref<readonly PendingAttachment[]>;
    readonly items: Ref<readonly TimelineItem[]>;
    readonly wants: [what: string, ...of: unknown[]][];
    /** What `submit` does next. */
    onSubmit: () => Promise<string | null>;
    /** For `mount(…, { global: { provide } })`. */
    readonly provide: Record<symbol, unknown>;
}

/** @internal An empty one, of Anna's with Jonas and Мария. */
export function stageDialog(): StagedDialog {
    const id = ref("d1");
    const access = ref<WriteAccess>("may");
    const draft = ref("");
    const mode = shallowRef<ComposerMode>({ kind: "new" });
    const files = shallowRef<readonly PendingAttachment[]>([]);
    const items = shallowRef<readonly TimelineItem[]>([]);
    const wants: StagedDialog["wants"] = [];
    const want = (what: string) => (...of: unknown[]) => void wants.push([what, ...of]);

    const composer: UseComposerReturn = {
        draft,
        mode,
        isSending: ref(false),
        error: ref(null),
        setDraft: (html) => {
            wants.push(["setDraft", html]);
            draft.value = html;
        },
        replyTo: (message) => (mode.value = { kind: "reply", message }),
        edit: (message) => {
            mode.value = { kind: "edit", message };
            draft.value = message.content;
        },
        cancel: () => {
            wants.push(["cancel"]);
            if (mode.value.kind === "edit") draft.value = "";
            mode.value = { kind: "new" };
        },
        submit: (attachments) => {
            wants.push(["submit", draft.value, attachments]);
            return staged.onSubmit();
        },
        typed: want("typed"),
    };
    const context = {
        id,
        dialog: { access, isMember: computed(() => access.value === "may") },
        messages: { items, fetch: async () => null, find: () => undefined },
        composer,
        participants: {
            participants: shallowRef([PEOPLE.anna, PEOPLE.jonas, PEOPLE.maria].map((person) => aParticipant({ user_id: person.id }))),
            nameOf: (user: string | null) => ({ name: Object.values(PEOPLE).find((person) => person.id === user)?.name ?? "", company: null }),
        },
        attachments: {
            files,
            isUploading: computed(() => files.value.some(({ status }) => status === "pending" || status === "uploading")),
            isReady: computed(() => files.value.length > 0 && files.value.every(({ status }) => status === "uploaded")),
            add: (added: Iterable<File>) => void wants.push(["add", ...added]),
            remove: (file: string) => {
                wants.push(["remove", file]);
                files.value = files.value.filter((one) => one.id !== file);
            },
            retry: want("retry"),
            clear: () => (files.value = []),
            uploaded: () => files.value.flatMap(({ uploaded }) => uploaded ?? []),
        },
    } as unknown as DialogContext;
    const staged: StagedDialog = {
        context,
        id,
        access,
        draft,
        mode,
        files,
        items,
        wants,
        onSubmit: async () => {
            draft.value = "";
            mode.value = { kind: "new" };
            return "m1";
        },
        provide: { [DIALOG_KEY as symbol]: context, [CHAT_KEY as symbol]: storyChat(), [I18N_KEY as symbol]: createI18n({ locale: "en" }) },
    };
    return staged;
}

/** @internal A file that goes with the next message. */
export function aPending(more: Partial<PendingAttachment> = {}): PendingAttachment {
    const file = more.file ?? new File(["x"], more.filename ?? "invoice.pdf", { type: "application/pdf" });
    return { id: "f1", file, filename: file.name, contentType: file.type, size: 2048, progress: 100, status: "uploaded", uploaded: { s3_key: "k", filename: file.name, content_type: file.type, size: 2048 }, ...more };
}

/** @internal A message as a row of the list. */
export function anItem(more: Partial<MessageView> = {}, isOwn = true): TimelineItem {
    const message = aMessage({ sender_id: isOwn ? PEOPLE.anna.id : PEOPLE.jonas.id, ...more });
    return { kind: "message", key: message.id, message, isOwn, isFirst: true, isLast: true };
}

/** @internal What is pasted or dragged. */
export function aTransfer(files: readonly File[], texts: Readonly<Record<string, string>> = {}): DataTransfer {
    const types = [...Object.keys(texts), ...(files.length > 0 ? ["Files"] : [])];
    return { files, types, getData: (type: string) => texts[type] ?? "", dropEffect: "none" } as unknown as DataTransfer;
}
