import { ATTACHMENT_LIMITS, isAllowedFileType, isValidFileSize } from "@mtchat/client";
import { computed, getCurrentScope, type MaybeRefOrGetter, onScopeDispose, shallowRef, toValue } from "vue";
import type { MTChatConfig } from "../chat/config.js";
import type { PendingAttachment, ReadRef } from "../composables/types.js";
import { MTChatApi } from "./api.js";
import { asError } from "./errors.js";
import { UNDETECTED } from "./put-file.js";
import { tokenOf } from "./token.js";
import type { AttachmentInput } from "./types.js";

export interface UseFileUploadOptions {
    dialogId: MaybeRefOrGetter<string | null | undefined>;
    /** Who uploads; or `config`. */
    api?: MaybeRefOrGetter<Pick<MTChatApi, "getPresignedUploadUrl" | "uploadFile"> | undefined>;
    config?: MaybeRefOrGetter<MTChatConfig | undefined>;
    /** Hears of what is refused, and of what fails. */
    onError?: (error: Error, file: File) => void;
}

export interface UseFileUploadReturn {
    readonly pendingAttachments: ReadRef<readonly PendingAttachment[]>;
    /** The same. */
    readonly pendingFiles: ReadRef<readonly PendingAttachment[]>;
    readonly isUploading: ReadRef<boolean>;
    /** There are files, and all are uploaded. */
    readonly isReady: ReadRef<boolean>;
    /** At least one is uploaded. */
    readonly hasUploaded: ReadRef<boolean>;
    /** Checked, and uploaded at once. */
    addFiles(files: Iterable<File>): Promise<void>;
    removeAttachment(id: string): void;
    /** The same. */
    removeFile(id: string): void;
    /** For a message, in order. */
    getUploadedAttachments(): AttachmentInput[];
    retryUpload(id: string): Promise<void>;
    clearAll(): void;
    /** Resolves when none is on its way any more. */
    uploadAll(): Promise<void>;
}

let last = 0;

/** Files that are to go with a message, for a composer of one's own. */
export function useFileUpload(options: UseFileUploadOptions): UseFileUploadReturn {
    const pending = shallowRef<readonly PendingAttachment[]>([]);
    const running = new Map<string, { work: Promise<void>; stop: AbortController }>();
    const api = computed(() => apiOf(options));

    const change = (id: string, fields: Partial<PendingAttachment>) => {
        pending.value = pending.value.map((one) => (one.id === id ? { ...one, ...fields } : one));
    };
    const upload = (id: string): Promise<void> => {
        const one = pending.value.find((pendingOne) => pendingOne.id === id);
        const dialog = toValue(options.dialogId);
        if (one === undefined || one.status === "uploaded") return Promise.resolve();
        const known = running.get(id);
        if (known !== undefined) return known.work;
        const stop = new AbortController();
        const work = bring(one, dialog, stop.signal);
        running.set(id, { work, stop });
        return work;
    };
    const bring = async ({ id, file, filename, contentType, size }: PendingAttachment, dialog: string | null | undefined, signal: AbortSignal) => {
        change(id, { status: "uploading", progress: 0, error: undefined });
        try {
            if (!dialog) throw new Error("no dialog is open");
            const place = await api.value.getPresignedUploadUrl(dialog, filename, contentType, size);
            signal.throwIfAborted();
            await api.value.uploadFile(place.upload_url, file, (progress) => !signal.aborted && change(id, { progress }), signal);
            const uploaded = { s3_key: place.s3_key, filename, content_type: place.content_type ?? (contentType || UNDETECTED), size };
            change(id, { status: "uploaded", progress: 100, s3Key: place.s3_key, uploaded });
        } catch (thrown) {
            // Who removes a file does not need to hear that it is gone.
            if (signal.aborted) return;
            const error = asError(thrown);
            change(id, { status: "error", error: error.message });
            options.onError?.(error, file);
        } finally {
            running.delete(id);
        }
    };
    const removeAttachment = (id: string) => {
        running.get(id)?.stop.abort();
        running.delete(id);
        const one = pending.value.find((pendingOne) => pendingOne.id === id);
        if (one?.previewUrl) URL.revokeObjectURL(one.previewUrl);
        pending.value = pending.value.filter((pendingOne) => pendingOne.id !== id);
    };
    const clearAll = () => {
        for (const { id } of pending.value) removeAttachment(id);
    };
    const settle = async (ids: readonly string[]) => {
        await Promise.all(ids.map(upload));
    };
    if (getCurrentScope() !== undefined) onScopeDispose(clearAll);

    return {
        pendingAttachments: pending,
        pendingFiles: pending,
        isUploading: computed(() => pending.value.some(({ status }) => status === "pending" || status === "uploading")),
        isReady: computed(() => pending.value.length > 0 && pending.value.every(({ status }) => status === "uploaded")),
        hasUploaded: computed(() => pending.value.some(({ status }) => status === "uploaded")),
        async addFiles(files) {
            const added: string[] = [];
            for (const file of files) {
                const problem = refusal(file, pending.value.length);
                if (problem !== null) options.onError?.(problem, file);
                else added.push(add(pending, file));
            }
            await settle(added);
        },
        removeAttachment,
        removeFile: removeAttachment,
        getUploadedAttachments: () => pending.value.flatMap(({ uploaded }) => (uploaded === undefined ? [] : [uploaded])),
        retryUpload: upload,
        clearAll,
        uploadAll: () => settle(pending.value.filter(({ status }) => status !== "error").map(({ id }) => id)),
    };
}

function add(pending: { value: readonly PendingAttachment[] }, file: File): string {
    const id = `file-${(last += 1)}`;
    const isPicture = file.type.startsWith("image/") && typeof URL.createObjectURL === "function";
    const one: PendingAttachment = {
        id,
        file,
        filename: file.name,
        contentType: file.type || UNDETECTED,
        size: file.size,
        progress: 0,
        status: "pending",
        ...(isPicture ? { previewUrl: URL.createObjectURL(file) } : {}),
    };
    pending.value = [...pending.value, one];
    return id;
}

/** Why a file can not go with the others; `null`: it can. */
function refusal(file: File, others: number): Error | null {
    if (others >= ATTACHMENT_LIMITS.maxFiles) return new Error(`a message may have ${ATTACHMENT_LIMITS.maxFiles} files`);
    if (!isAllowedFileType(file.type)) return new Error(`files of type ${file.type} are not accepted`);
    return isValidFileSize(file.size) ? null : new Error(`a file may have ${ATTACHMENT_LIMITS.maxBytes} bytes`);
}

function apiOf({ api, config }: UseFileUploadOptions): Pick<MTChatApi, "getPresignedUploadUrl" | "uploadFile"> {
    const given = toValue(api);
    if (given !== undefined) return given;
    const configuration = toValue(config);
    if (configuration === undefined) throw new Error("useFileUpload needs an api or a config");
    const { baseUrl, userId, scopeConfig } = configuration;
    return new MTChatApi(baseUrl, userId, scopeConfig, tokenOf(() => configuration));
}
