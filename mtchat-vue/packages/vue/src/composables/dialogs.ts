import type { DialogItemView } from "@mtchat/client";
import { computed, type MaybeRefOrGetter, onScopeDispose, shallowRef, toValue, watch } from "vue";
import { hasPage } from "../chat/environment.js";
import { injectChat, type Chat } from "../chat/index.js";
import { useArchived } from "./archived-dialogs.js";
import { byId } from "./by-id.js";
import { type ListingWish, useListing } from "./dialog-listing.js";
import { isFound, passes, type Wish } from "./dialog-match.js";
import { inOrder } from "./dialog-order.js";
import type { DialogFilter, ObjectRef, ReadRef, UseDialogsReturn } from "./types.js";

/** Which dialogs a list shows. */
export interface UseDialogsOptions {
    /** Only those of this business object. */
    object?: MaybeRefOrGetter<ObjectRef | null>;
    /** Only those whose title or a participant's company holds this text. Asked of the server at once: wait for the end of words before. */
    search?: MaybeRefOrGetter<string>;
    /** Default `all`. */
    filter?: MaybeRefOrGetter<DialogFilter>;
    /** Those that one may join are wanted too. Default `true`. */
    available?: MaybeRefOrGetter<boolean>;
}

/**
 * One's list of dialogs, always as the client knows it now. What the client has not loaded (of an object, of a search, archived ones) is
 * read of the server, and then as new as the client's own where it has it.
 */
export function useDialogs(options: UseDialogsOptions = {}, chat: Chat = injectChat()): UseDialogsReturn {
    const wish = computed(
        (): ListingWish => ({
            object: toValue(options.object) ?? null,
            search: (toValue(options.search) ?? "").trim(),
            filter: toValue(options.filter) ?? "all",
            available: toValue(options.available) ?? true,
        }),
    );
    // As a text, so that the same wish again is no reason to ask again.
    const key = computed(() => JSON.stringify(wish.value));
    // Apart, so that who types where is no reason to put lists together again.
    const dialogs = computed(() => chat.state.value.dialogs);
    const joinable = computed(() => chat.state.value.available);
    const isPartial = computed(() => chat.state.value.moreDialogs);
    const isAsked = computed(() => {
        const { object, search, filter } = wish.value;
        return object !== null || search !== "" || (filter !== "all" && isPartial.value);
    });
    const asked = computed(() => (isAsked.value ? (JSON.parse(key.value) as ListingWish) : null));
    const listing = useListing(asked, chat);
    const archive = useArchived(chat);
    useAvailable(() => wish.value.available, chat);
    const gone = useGone(chat);

    const all = computed(() => {
        const known = new Map<string, DialogItemView>();
        const found = isAsked.value ? (listing.dialogs.value ?? []) : [];
        for (const dialog of [...archive.dialogs.value, ...found]) if (!gone.value.has(dialog.id)) known.set(dialog.id, dialog);
        return merged(known, byId(found), wish.value, dialogs.value, joinable.value);
    });
    const own = computed(() => inOrder(all.value.filter((dialog) => dialog.i_am_participant && passes(dialog, wish.value.filter, chat.me))));
    const participating = computed(() => own.value.filter((dialog) => dialog.is_archived !== true));
    const isArchiveShown = computed(() => archive.isWanted.value || wish.value.search !== "");
    const { client } = chat;
    return {
        participating,
        available: computed(() => (wish.value.available ? inOrder(all.value.filter((dialog) => !dialog.i_am_participant)) : [])),
        archived: computed(() => (isArchiveShown.value ? own.value.filter((dialog) => dialog.is_archived === true) : [])),
        isLoading: computed(() => {
            if (isAsked.value) return listing.dialogs.value === null && listing.error.value === null && all.value.length === 0;
            return !chat.state.value.fresh && dialogs.value.length === 0;
        }),
        isLoadingArchived: computed(() => archive.isLoading.value && archive.dialogs.value.length === 0),
        isSearching: listing.isAsking,
        hasMore: computed(() => (isAsked.value ? listing.hasMore.value : isPartial.value)),
        hasMoreArchived: archive.hasMore,
        error: computed(() => (isAsked.value ? listing.error.value : archive.error.value)),
        loadMore: () => (isAsked.value ? listing.more() : client.moreDialogs()),
        async loadArchived() {
            await archive.load();
        },
        async reload() {
            await Promise.all([listing.ask(), archive.reload()]);
        },
    };
}

/** What the server said, as new as the client knows it, and what the client has that fits as well. `found` is what it said to this wish. */
function merged(
    known: ReadonlyMap<string, DialogItemView>,
    found: ReadonlyMap<string, DialogItemView>,
    wish: Wish,
    dialogs: readonly DialogItemView[],
    available: readonly DialogItemView[],
): readonly DialogItemView[] {
    const own = byId(dialogs);
    const live = [...dialogs, ...available.filter(({ id }) => !own.has(id))];
    const isNew = (dialog: DialogItemView) => !own.has(dialog.id) && !byId(available).has(dialog.id);
    const all = [...live, ...[...known.values()].filter(isNew)];
    if (wish.object === null && wish.search === "") return all;
    // Where the server found something its word counts: it may compare letters in another way.
    const ofObject = { ...wish, search: "" };
    return all.filter((dialog) => isFound(dialog, wish) || (found.has(dialog.id) && isFound(dialog, ofObject)));
}

/** Dialogs that went away since: one was removed from them, or they were deleted. The server's answers from before do not know. */
function useGone(chat: Chat): ReadRef<ReadonlySet<string>> {
    const gone = shallowRef<ReadonlySet<string>>(new Set());
    const end = chat.onDiffs((diffs, state) => {
        const left = diffs.flatMap((diff) => ("dialog_gone" in diff ? [diff.dialog_gone] : "available_gone" in diff ? [diff.available_gone] : []));
        const isAway = (id: string) => !byId(state.dialogs).has(id) && !byId(state.available).has(id);
        if (left.length > 0) gone.value = new Set([...gone.value, ...left].filter(isAway));
    });
    onScopeDispose(end);
    return gone;
}

/** How many lists of a chat want to see what one may join. */
const wanting = new WeakMap<Chat, number>();

function useAvailable(wanted: () => boolean, chat: Chat): void {
    const count = (change: number) => {
        const before = wanting.get(chat) ?? 0;
        wanting.set(chat, before + change);
        if (before + change === 0 || before === 0) chat.client.showAvailable(before + change > 0);
    };
    let isCounted = false;
    const set = (now: boolean) => {
        if (now !== isCounted && hasPage()) count(now ? 1 : -1);
        isCounted = now;
    };
    watch(wanted, set, { immediate: true });
    onScopeDispose(() => set(false));
}
