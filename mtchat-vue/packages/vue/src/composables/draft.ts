import { readonly, shallowRef, watch } from "vue";
import type { Chat } from "../chat/index.js";
import type { ReadRef } from "./types.js";

/** How long after a key the draft is kept, in milliseconds. */
const PAUSE = 300;

/** What is written in a dialog and not sent; kept per dialog. */
export interface Draft {
    readonly text: ReadRef<string>;
    write(html: string): void;
    /** Keep what is not kept yet, now. */
    flush(): void;
    /** It is on its way, which ends it: there is nothing to keep any more. */
    sent(): void;
}

export function useDraft(id: ReadRef<string | null>, chat: Chat): Draft {
    const text = shallowRef("");
    /** One has written something here: what is kept from before does not come into the way. */
    let isTouched = false;
    let unkept: { dialog: string; content: string } | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
        clearTimeout(timer);
        if (unkept === null) return;
        const { dialog, content } = unkept;
        unkept = null;
        // Where it can not be kept the client says so by itself.
        chat.client.draft(dialog, content).catch(() => undefined);
    };
    const kept = () => (id.value === null ? "" : (chat.state.value.drafts.get(id.value) ?? ""));
    watch(
        id,
        () => {
            flush();
            isTouched = false;
            text.value = kept();
        },
        { immediate: true, flush: "sync" },
    );
    // After a reload it comes a moment later than the dialog.
    watch(
        kept,
        (content) => {
            if (!isTouched) text.value = content;
        },
        { flush: "sync" },
    );
    return {
        text: readonly(text),
        write(html) {
            const dialog = id.value;
            if (dialog === null || html === text.value) return;
            [text.value, isTouched] = [html, true];
            unkept = { dialog, content: html };
            clearTimeout(timer);
            timer = setTimeout(flush, PAUSE);
        },
        flush,
        sent() {
            clearTimeout(timer);
            unkept = null;
            [text.value, isTouched] = ["", true];
        },
    };
}
