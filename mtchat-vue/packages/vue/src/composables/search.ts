import type { SearchHit } from "@mtchat/client";
import { computed, type MaybeRefOrGetter, onScopeDispose, ref, shallowReadonly, shallowRef, toValue, watch } from "vue";
import { injectChat, type Chat } from "../chat/index.js";
import { errorOf } from "./errors.js";
import type { UseSearchReturn } from "./types.js";

/** How long after a key to search, in milliseconds. */
const PAUSE = 300;
/** How long a text the server searches for, in characters. */
const LONGEST = 200;

/** Search in messages, of one dialog or of all that one is in. Writing into `query` searches, a moment after the last key. */
export function useSearch(dialog?: MaybeRefOrGetter<string | undefined>, chat: Chat = injectChat()): UseSearchReturn {
    const query = ref("");
    const hits = shallowRef<readonly SearchHit[]>([]);
    const next = shallowRef<string | undefined>();
    const isSearching = shallowRef(false);
    const error = shallowRef<Error | null>(null);
    const text = computed(() => Array.from(query.value.trim()).slice(0, LONGEST).join(""));
    let latest = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const search = async (cursor?: string) => {
        const number = (latest += 1);
        const where = toValue(dialog);
        isSearching.value = true;
        try {
            const page = await chat.client.search({ text: text.value, ...(where !== undefined && { dialog: where }), ...(cursor !== undefined && { cursor }) });
            if (number !== latest) return;
            hits.value = cursor === undefined ? page.results : [...hits.value, ...page.results];
            [next.value, error.value] = [page.next_cursor, null];
        } catch (thrown) {
            if (number === latest) error.value = errorOf(thrown);
        } finally {
            if (number === latest) isSearching.value = false;
        }
    };
    const forget = () => {
        latest += 1;
        clearTimeout(timer);
        [hits.value, next.value, isSearching.value, error.value] = [[], undefined, false, null];
    };
    watch(
        [text, () => toValue(dialog)],
        ([now, where], [, before]) => {
            clearTimeout(timer);
            if (now === "" || where !== before) forget();
            if (now === "") return;
            // What is on its way is for another text.
            latest += 1;
            isSearching.value = true;
            timer = setTimeout(() => void search(), PAUSE);
        },
        { flush: "sync" },
    );
    onScopeDispose(forget);
    return {
        query,
        hits: shallowReadonly(hits),
        isSearching: shallowReadonly(isSearching),
        hasMore: computed(() => next.value !== undefined),
        error: shallowReadonly(error),
        async more() {
            if (next.value !== undefined && !isSearching.value) await search(next.value);
        },
        clear() {
            query.value = "";
            forget();
        },
    };
}
