import type { AttachmentView } from "@mtchat/client";
import { computed, type ComputedRef, shallowRef } from "vue";
import { type Chat, injectChat } from "../chat/index.js";
import { safeMediaUrl, safeUrl } from "../html/url.js";

export interface FileLink {
    /** Where the picture is; `null`: nowhere that is known now. */
    readonly src: ComputedRef<string | null>;
    /** It did not load: links end. A fresh one is asked for, once. */
    renew(): Promise<void>;
    readonly hasFailed: ComputedRef<boolean>;
    download(): Promise<void>;
}

/** The links of a file of a message: those that came with it as long as they work, then fresh ones. */
export function useFileLink(file: () => AttachmentView, chat: Chat = injectChat()): FileLink {
    /** Of which message's link this is: another one that came meanwhile is tried first. */
    const fresh = shallowRef<{ instead: string | null; url: string | null } | null>(null);
    const failed = shallowRef(false);
    const given = computed(() => file().thumbnail_url ?? (isShowable(file()) ? file().url : null) ?? null);
    const src = computed(() => safeMediaUrl(fresh.value !== null && fresh.value.instead === given.value ? fresh.value.url : given.value));

    return {
        src,
        hasFailed: computed(() => failed.value),
        async renew() {
            const instead = given.value;
            if (fresh.value?.instead === instead) {
                failed.value = true;
                return;
            }
            fresh.value = { instead, url: null };
            try {
                const { url, thumbnail_url } = await chat.client.attachmentLinks(file().id);
                fresh.value = { instead, url: thumbnail_url ?? (isShowable(file()) ? url : null) };
                failed.value = fresh.value.url === null;
            } catch {
                failed.value = true;
            }
        },
        async download() {
            const { url } = await chat.client.attachmentLinks(file().id);
            const safe = safeUrl(url);
            if (safe === null) throw new Error("There is no link to the file");
            follow(safe);
        },
    };
}

/** Pictures that may run something are never shown themselves, only their thumbnails. */
function isShowable(file: AttachmentView): boolean {
    return file.content_type.startsWith("image/") && !file.content_type.startsWith("image/svg") && !file.content_type.includes("xml");
}

/** The server says that it is to be saved, so the page stays. */
function follow(url: string): void {
    const link = document.createElement("a");
    link.href = url;
    link.download = "";
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    link.click();
}
