import type { DialogItemView } from "@mtchat/client";
import { computed, type Ref, shallowRef, watch } from "vue";
import type { Chat } from "../chat/index.js";
import { hasPage } from "../chat/environment.js";
import type { Wish } from "./dialog-match.js";
import { errorOf } from "./errors.js";
import type { ReadRef } from "./types.js";

/** How many dialogs to read at once. */
const PAGE = 50;
/** How long a text the server searches for, in characters. */
const LONGEST_SEARCH = 200;

/** What the server said to a wish. */
interface Found {
    readonly dialogs: readonly DialogItemView[];
    /** Where the next page of one's own begins, and that of those one may join. */
    readonly next: string | undefined;
    readonly nextAvailable: string | undefined;
}

/** What to ask the server for. */
export interface ListingWish extends Wish {
    /** Those that one may join, too. */
    readonly available: boolean;
}

/** Dialogs as the server lists them, for what the client has no whole list of. */
export interface Listing {
    /** All pages so far; `null` before there is an answer. */
    readonly dialogs: ReadRef<readonly DialogItemView[] | null>;
    readonly isAsking: Ref<boolean>;
    readonly hasMore: ReadRef<boolean>;
    readonly error: Ref<Error | null>;
    ask(): Promise<void>;
    more(): Promise<void>;
}

/** The server's listing for a wish; `null`: nothing is asked. */
export function useListing(wish: ReadRef<ListingWish | null>, chat: Chat): Listing {
    const found = shallowRef<Found | null>(null);
    const isAsking = shallowRef(false);
    const error = shallowRef<Error | null>(null);
    let latest = 0;
    /** Ask, and take the answer unless something else is asked meanwhile. */
    const take = async (read: (wish: ListingWish) => Promise<Found>) => {
        const number = (latest += 1);
        if (wish.value === null) return;
        isAsking.value = true;
        try {
            const answer = await read(wish.value);
            if (number === latest) [found.value, error.value] = [answer, null];
        } catch (thrown) {
            if (number === latest) error.value = errorOf(thrown);
        } finally {
            if (number === latest) isAsking.value = false;
        }
    };
    const ask = () => take((now) => (now.object === null ? searched(now, chat) : ofObject(now, now.object, chat)));
    watch(
        wish,
        (now, before) => {
            latest += 1;
            [isAsking.value, error.value] = [false, null];
            // While another text is searched what was found stays, so that the list does not blink; nothing of another object does.
            if (now === null || !isSameObject(now, before ?? null)) found.value = null;
            if (now !== null && hasPage()) void ask();
        },
        { immediate: true },
    );
    watch(
        () => chat.state.value.connection === "connected",
        (connected) => {
            // What happened meanwhile to dialogs that the client does not follow is not known.
            if (connected && wish.value !== null && found.value !== null) void ask();
        },
    );
    const hasMore = computed(() => found.value?.next !== undefined || found.value?.nextAvailable !== undefined);
    return {
        dialogs: computed(() => found.value?.dialogs ?? null),
        isAsking,
        hasMore,
        error,
        ask,
        async more() {
            const before = found.value;
            if (before === null || !hasMore.value || isAsking.value) return;
            await take(async (now) => {
                const page = await searched(now, chat, before);
                return { ...page, dialogs: [...before.dialogs, ...page.dialogs] };
            });
        },
    };
}

/** All dialogs of an object, which come at once. */
async function ofObject({ search }: ListingWish, { type, id }: NonNullable<Wish["object"]>, { client }: Chat): Promise<Found> {
    const dialogs = await client.dialogsOfObject(type, id, search === "" ? {} : { search: textOf(search) });
    return { dialogs, next: undefined, nextAvailable: undefined };
}

/** The first page of what is searched, or the next ones of those kinds that have one. */
async function searched({ search, filter, available }: ListingWish, { client }: Chat, before?: Found): Promise<Found> {
    const text = search === "" ? {} : { search: textOf(search) };
    const read = (type: "participating" | "available", cursor: string | undefined, isWanted: boolean) => {
        if (!isWanted || (before !== undefined && cursor === undefined)) return { dialogs: [], next_cursor: undefined };
        const unread = filter !== "all" && type === "participating" ? { unread: true as const } : {};
        return client.dialogs({ type, limit: PAGE, ...text, ...unread, ...(cursor !== undefined && { cursor }) });
    };
    const [own, others] = await Promise.all([
        read("participating", before?.next, true),
        read("available", before?.nextAvailable, available && filter === "all"),
    ]);
    return { dialogs: [...own.dialogs, ...others.dialogs], next: own.next_cursor, nextAvailable: others.next_cursor };
}

function textOf(search: string): string {
    return Array.from(search).slice(0, LONGEST_SEARCH).join("");
}

function isSameObject(one: ListingWish, other: ListingWish | null): boolean {
    return other !== null && one.object?.type === other.object?.type && one.object?.id === other.object?.id;
}
