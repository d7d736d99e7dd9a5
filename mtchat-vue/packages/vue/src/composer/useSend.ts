import { computed, type ComputedRef, nextTick, type ShallowRef, shallowRef, watch } from "vue";
import type { DialogContext } from "../composables/types.js";
import type { MessageKey } from "../i18n/index.js";
import { failureKey } from "./failure.js";
import { countedLength, MAX_LENGTH } from "./limits.js";
import type { UseContentReturn } from "./useContent.js";

/** Why what is written can not be sent now. */
export type Blocker = "nothing" | "busy" | "too_long" | "uploading" | "failed_files";

export interface UseSendReturn {
    /** `null`: it can be sent. */
    readonly blocker: ComputedRef<Blocker | null>;
    readonly isBusy: Readonly<ShallowRef<boolean>>;
    /** How many characters there are, once that matters. */
    readonly length: ComputedRef<number | null>;
    readonly isTooLong: ComputedRef<boolean>;
    /** What went wrong, or what one waits for, until something is changed. */
    readonly problem: Readonly<ShallowRef<MessageKey | null>>;
    /** The message's id; `null`: nothing was sent, or a message was changed. */
    send(): Promise<string | null>;
}

const HINTS: Partial<Record<Blocker, MessageKey>> = { uploading: "input.waitForFiles", failed_files: "input.fixFiles" };

/** Sends or saves what is written: the field is empty at once, and full again if that fails. */
export function useSend(dialog: DialogContext, content: UseContentReturn): UseSendReturn {
    const { composer, attachments } = dialog;
    const isBusy = shallowRef(false);
    const problem = shallowRef<MessageKey | null>(null);
    const isEdit = () => composer.mode.value.kind === "edit";
    /** Its files are there without words, too. */
    const keepsFiles = () => composer.mode.value.kind === "edit" && (composer.mode.value.message.attachments?.length ?? 0) > 0;

    const length = computed(() => countedLength(content.html.value));
    const isTooLong = computed(() => (length.value ?? 0) > MAX_LENGTH);
    const blocker = computed<Blocker | null>(() => {
        if (isBusy.value) return "busy";
        if (isTooLong.value) return "too_long";
        const files = isEdit() ? [] : attachments.files.value;
        if (content.html.value === "" && files.length === 0 && !keepsFiles()) return "nothing";
        if (files.some(({ status }) => status === "error")) return "failed_files";
        return files.some(({ status }) => status !== "uploaded") ? "uploading" : null;
    });
    watch([content.subject, content.html, attachments.files], () => {
        if (content.html.value !== "" || attachments.files.value.length > 0) problem.value = null;
    });
    watch(content.subject, () => (problem.value = null));

    async function send(): Promise<string | null> {
        if (blocker.value !== null) {
            problem.value = HINTS[blocker.value] ?? problem.value;
            return null;
        }
        const mode = composer.mode.value;
        if (mode.kind === "edit" && mode.message.content === content.html.value) {
            composer.cancel();
            return null;
        }
        isBusy.value = true;
        problem.value = null;
        try {
            return mode.kind === "edit" ? await save() : await post();
        } finally {
            isBusy.value = false;
        }
    }

    async function post(): Promise<string | null> {
        const written = content.html.value;
        const subject = content.subject.value;
        const files = attachments.files.value.map(({ id }) => id);
        const sending = composer.submit(attachments.uploaded());
        content.clear();
        try {
            const id = await sending;
            for (const file of files) attachments.remove(file);
            return id;
        } catch (error) {
            // Not over what was written meanwhile, nor into another dialog.
            if (content.subject.value === subject && content.html.value === "") content.write(written);
            await show(failureKey(error, false));
            return null;
        }
    }

    async function save(): Promise<string | null> {
        try {
            await composer.submit();
        } catch (error) {
            await show(failureKey(error, true));
        }
        return null;
    }

    /** After the watcher above has heard that the text came back. */
    async function show(key: MessageKey): Promise<void> {
        await nextTick();
        problem.value = key;
    }

    return { blocker, isBusy, length, isTooLong, problem, send };
}
