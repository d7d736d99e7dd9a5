import type { DialogItemView } from "@mtchat/client";
import { computed, shallowRef } from "vue";
import type { Chat } from "../chat/index.js";
import { errorOf } from "./errors.js";
import type { ReadRef } from "./types.js";

/** How many to read at once. */
const PAGE = 50;

/** One's archived dialogs, page by page from the server: the client has only those that it came across. */
export interface ArchivedDialogs {
    /** Somebody wants to see them. */
    readonly isWanted: ReadRef<boolean>;
    readonly dialogs: ReadRef<readonly DialogItemView[]>;
    readonly isLoading: ReadRef<boolean>;
    readonly hasMore: ReadRef<boolean>;
    readonly error: ReadRef<Error | null>;
    /** The first page, and then each time the next one. */
    load(): Promise<void>;
    /** Those that were loaded, anew. */
    reload(): Promise<void>;
}

export function useArchived(chat: Chat): ArchivedDialogs {
    const dialogs = shallowRef<readonly DialogItemView[]>([]);
    /** `null`: all are there. */
    const next = shallowRef<string | null | undefined>(undefined);
    const isWanted = shallowRef(false);
    const isLoading = shallowRef(false);
    const error = shallowRef<Error | null>(null);
    let latest = 0;
    const read = async (cursor: string | undefined) => {
        const number = (latest += 1);
        isLoading.value = true;
        try {
            const page = await chat.client.dialogs({ archived: true, limit: PAGE, ...(cursor !== undefined && { cursor }) });
            if (number !== latest) return;
            dialogs.value = cursor === undefined ? page.dialogs : [...dialogs.value, ...page.dialogs];
            [next.value, error.value] = [page.next_cursor ?? null, null];
        } catch (thrown) {
            if (number === latest) error.value = errorOf(thrown);
        } finally {
            if (number === latest) isLoading.value = false;
        }
    };
    return {
        isWanted,
        dialogs,
        isLoading,
        hasMore: computed(() => typeof next.value === "string"),
        error,
        async load() {
            isWanted.value = true;
            if (next.value !== null && !isLoading.value) await read(next.value);
        },
        async reload() {
            if (isWanted.value) await read(undefined);
        },
    };
}
