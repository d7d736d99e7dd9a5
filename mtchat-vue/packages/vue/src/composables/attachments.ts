import { ApiError, ATTACHMENT_LIMITS, isAllowedFileType, isValidFileSize, newId } from "@mtchat/client";
import { computed, type MaybeRefOrGetter, onScopeDispose, shallowReadonly, shallowRef, toValue, watch } from "vue";
import { injectChat, type Chat } from "../chat/index.js";
import type { PendingAttachment, UseAttachmentsReturn } from "./types.js";

/** How many files are uploaded at once. */
const AT_ONCE = 3;

/** What is wrong with a file, as a key of the translations. */
type FileError = "errors.file_too_large" | "errors.file_type" | "errors.too_many_files" | "errors.upload_failed";

/** The files that go with the next message of a dialog. Another dialog has none of them. */
export function useAttachments(id: MaybeRefOrGetter<string | null>, chat: Chat = injectChat()): UseAttachmentsReturn {
    const files = shallowRef<readonly PendingAttachment[]>([]);
    const running = new Map<string, AbortController>();

    const change = (file: string, more: Partial<PendingAttachment>) => {
        files.value = files.value.map((one) => (one.id === file ? { ...one, ...more } : one));
    };
    /** Begin with those that wait, as many as may go at once. */
    const begin = () => {
        for (const file of files.value) {
            if (running.size >= AT_ONCE) return;
            if (file.status === "pending") void upload(file);
        }
    };
    const upload = async ({ id: file, file: bytes }: PendingAttachment) => {
        const dialog = toValue(id);
        if (dialog === null) return;
        const abort = new AbortController();
        running.set(file, abort);
        change(file, { status: "uploading", progress: 0 });
        const onProgress = (fraction: number) => change(file, { progress: Math.round(fraction * 100) });
        try {
            const uploaded = await chat.client.upload(dialog, bytes, { signal: abort.signal, onProgress });
            change(file, { status: "uploaded", progress: 100, uploaded, s3Key: uploaded.s3_key });
        } catch (thrown) {
            // Whoever is gone has no row any more.
            change(file, { status: "error", error: errorOf(thrown) });
        } finally {
            if (running.get(file) === abort) running.delete(file);
            begin();
        }
    };
    const drop = (isGone: (file: PendingAttachment) => boolean) => {
        const gone = files.value.filter(isGone);
        files.value = files.value.filter((file) => !gone.includes(file));
        for (const { id: file, previewUrl } of gone) {
            if (previewUrl !== undefined) URL.revokeObjectURL(previewUrl);
            running.get(file)?.abort();
            running.delete(file);
        }
        begin();
    };
    const clear = () => drop(() => true);
    watch(() => toValue(id), clear, { flush: "sync" });
    onScopeDispose(clear);

    return {
        files: shallowReadonly(files),
        isUploading: computed(() => files.value.some(({ status }) => status === "pending" || status === "uploading")),
        isReady: computed(() => files.value.length > 0 && files.value.every(({ status }) => status === "uploaded")),
        add(added) {
            for (const file of added) files.value = [...files.value, pending(file, refusal(file, files.value))];
            begin();
        },
        remove: (file) => drop((one) => one.id === file),
        retry(file) {
            const found = files.value.find((one) => one.id === file);
            // What was refused before it was sent is refused again.
            if (found?.status !== "error" || refusal(found.file, files.value.filter((one) => one !== found)) !== null) return;
            change(file, { status: "pending", progress: 0, error: undefined });
            begin();
        },
        clear,
        uploaded: () => files.value.flatMap(({ uploaded }) => uploaded ?? []),
    };
}

function pending(file: File, error: FileError | null): PendingAttachment {
    const { name: filename, type: contentType, size } = file;
    const previewUrl = error === null && contentType.startsWith("image/") ? URL.createObjectURL(file) : undefined;
    return { id: newId(), file, filename, contentType, size, progress: 0, previewUrl, ...(error === null ? { status: "pending" } : { status: "error", error }) };
}

/** Why a file may not come to these. */
function refusal(file: File, others: readonly PendingAttachment[]): FileError | null {
    if (!isAllowedFileType(file.type)) return "errors.file_type";
    if (!isValidFileSize(file.size)) return "errors.file_too_large";
    const kept = others.filter(({ status }) => status !== "error").length;
    return kept >= ATTACHMENT_LIMITS.maxFiles ? "errors.too_many_files" : null;
}

function errorOf(thrown: unknown): FileError {
    const code = thrown instanceof ApiError ? thrown.code : null;
    if (code === "FILE_TOO_LARGE") return "errors.file_too_large";
    return code === "UNSUPPORTED_FILE_TYPE" ? "errors.file_type" : "errors.upload_failed";
}
