import type { AttachmentInput, MessageView } from "@mtchat/client";
import { computed, type MaybeRefOrGetter, onScopeDispose, shallowReadonly, shallowRef, toValue, watch } from "vue";
import { injectChat, type Chat } from "../chat/index.js";
import { useDraft } from "./draft.js";
import { errorOf } from "./errors.js";
import type { ComposerMode, UseComposerReturn } from "./types.js";

const NEW: ComposerMode = { kind: "new" };

/** What one writes in a dialog: something new, an answer, or another wording of a message. */
export function useComposer(id: MaybeRefOrGetter<string | null>, chat: Chat = injectChat()): UseComposerReturn {
    const wanted = computed(() => toValue(id));
    const { text: draft, write, flush, sent } = useDraft(wanted, chat);
    const mode = shallowRef<ComposerMode>(NEW);
    /** What is written while a message is edited: it is no draft. */
    const edited = shallowRef("");
    const sending = shallowRef(0);
    const error = shallowRef<Error | null>(null);
    const isEdit = computed(() => mode.value.kind === "edit");
    watch(
        wanted,
        () => {
            [mode.value, edited.value, error.value, sending.value] = [NEW, "", null, 0];
        },
        { flush: "sync" },
    );
    onScopeDispose(flush);

    /** Do something that takes a while; what is told of it is told where it was begun. */
    const doing = async <T>(act: (dialog: string) => Promise<T>): Promise<T> => {
        const dialog = wanted.value;
        if (dialog === null) throw new Error("No dialog is open.");
        sending.value += 1;
        error.value = null;
        try {
            return await act(dialog);
        } catch (thrown) {
            if (dialog === wanted.value) error.value = errorOf(thrown);
            throw thrown;
        } finally {
            if (dialog === wanted.value) sending.value = Math.max(0, sending.value - 1);
        }
    };
    const save = (message: MessageView) =>
        doing(async (dialog) => {
            await chat.client.edit(dialog, message.id, edited.value);
            if (mode.value.kind === "edit" && mode.value.message.id === message.id) mode.value = NEW;
            return null;
        });
    const send = (replyTo: MessageView | null, attachments: readonly AttachmentInput[]) =>
        doing(async (dialog) => {
            const content = draft.value;
            const before = mode.value;
            // The field is free at once; what can not be kept comes back.
            sent();
            mode.value = NEW;
            try {
                return await chat.client.send(dialog, content, { attachments, ...(replyTo && { replyTo: replyTo.id }) });
            } catch (thrown) {
                if (dialog === wanted.value && isBlank(draft.value)) {
                    write(content);
                    mode.value = before;
                }
                throw thrown;
            }
        });
    return {
        draft: computed(() => (isEdit.value ? edited.value : draft.value)),
        mode: shallowReadonly(mode),
        isSending: computed(() => sending.value > 0),
        error: shallowReadonly(error),
        setDraft(html) {
            if (isEdit.value) edited.value = html;
            else write(isBlank(html) ? "" : html);
        },
        replyTo(message) {
            mode.value = { kind: "reply", message };
        },
        edit(message) {
            [edited.value, mode.value] = [message.content, { kind: "edit", message }];
        },
        cancel() {
            [mode.value, error.value] = [NEW, null];
        },
        async submit(attachments = []) {
            const now = mode.value;
            if (now.kind === "edit") {
                const hasFiles = (now.message.attachments?.length ?? 0) > 0;
                return isBlank(edited.value) && !hasFiles ? null : save(now.message);
            }
            if (isBlank(draft.value) && attachments.length === 0) return null;
            return send(now.kind === "reply" ? now.message : null, attachments);
        },
        typed() {
            if (wanted.value !== null && !isEdit.value) chat.client.typing(wanted.value);
        },
    };
}

/** Whether there is nothing to see in this HTML. */
function isBlank(html: string): boolean {
    return html.replaceAll(/<[^>]*>|&nbsp;/g, "").trim() === "";
}
