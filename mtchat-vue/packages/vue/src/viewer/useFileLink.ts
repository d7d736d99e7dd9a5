import type { AttachmentView } from "@mtchat/client";
import { inject, readonly, shallowRef, watch } from "vue";
import { CHAT_KEY } from "../chat/types.js";
import type { ReadRef } from "../composables/types.js";
import { safeUrl } from "../html/url.js";

export interface FileLink {
    /** `null`: it is being asked for, or there is none. */
    readonly url: ReadRef<string | null>;
    /** Also a fresh link did not help. */
    readonly hasFailed: ReadRef<boolean>;
    /** What the link leads to could not be shown: links end, so it is tried with a fresh one once. */
    failed(): void;
    /** From the beginning. */
    retry(): void;
    /** A link that is good for some time. */
    fresh(): Promise<string>;
}

/** Where a file's bytes are. Links end after a while; a chat, where there is one, gives new ones. */
export function useFileLink(file: () => AttachmentView): FileLink {
    const client = inject(CHAT_KEY, null)?.client;
    const url = shallowRef<string | null>(null);
    const hasFailed = shallowRef(false);
    let isFresh = false;
    let turn = 0;

    async function fresh(): Promise<string> {
        const known = safeUrl(file().url ?? "");
        const link = client ? safeUrl((await client.attachmentLinks(file().id)).url) : known;
        if (!link) throw new Error("There is no link to the file");
        return link;
    }

    /** A late answer for a file that is not shown any more changes nothing. */
    async function renew(): Promise<void> {
        const mine = ++turn;
        isFresh = true;
        url.value = null;
        try {
            const link = await fresh();
            if (mine === turn) url.value = link;
        } catch {
            if (mine === turn) hasFailed.value = true;
        }
    }

    function begin(): void {
        turn += 1;
        hasFailed.value = false;
        isFresh = false;
        url.value = safeUrl(file().url ?? "") || null;
        if (url.value === null) void renew();
    }

    watch(() => file().id, begin, { immediate: true });

    return {
        url: readonly(url),
        hasFailed: readonly(hasFailed),
        failed() {
            if (isFresh || !client) hasFailed.value = true;
            else void renew();
        },
        retry() {
            hasFailed.value = false;
            void renew();
        },
        fresh,
    };
}
