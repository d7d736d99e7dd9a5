import { computed, shallowRef, watch, type Ref } from "vue";
import { injectChat, type Chat } from "../chat/index.js";
import { useDialogs } from "../composables/index.js";
import type { DialogFilter, ObjectRef, ReadRef, UseDialogsReturn } from "../composables/types.js";
import type { EmptyKind } from "./ListEmpty.vue";
import { listRows, type ListRow } from "./rows.js";
import { useDebounced } from "./useDebounced.js";

/** Long enough that a word is typed, short enough that one does not wait. */
const SETTLED = 300;
/** So many rows before the end the next page is asked for. */
const NEAR = 15;

export type ListTab = "my" | "available";

export interface ListState {
    readonly tab: Ref<ListTab>;
    readonly text: Ref<string>;
    readonly query: ReadRef<string>;
    readonly filter: Ref<DialogFilter>;
    readonly dialogs: UseDialogsReturn;
    readonly rows: ReadRef<readonly ListRow[]>;
    /** `null`: there are rows, or they are not known yet. */
    readonly empty: ReadRef<EmptyKind | null>;
    readonly isLoading: ReadRef<boolean>;
    readonly isLoadingMore: ReadRef<boolean>;
    toggleArchived(): void;
    /** The rows that can be seen end here. */
    reached(index: number): void;
    more(of: "dialogs" | "archived"): Promise<void>;
    /** Out of «nothing found» and the like. */
    showAll(): void;
}

/** What the list shows: which tab, what is looked for, whether the archive is open. */
export function useListState(object: () => ObjectRef | null, chat: Chat = injectChat()): ListState {
    const tab = shallowRef<ListTab>("my");
    const text = shallowRef("");
    const filter = shallowRef<DialogFilter>("all");
    const isOpen = shallowRef(false);
    const isArchiveKnown = shallowRef(false);
    const isLoadingMore = shallowRef(false);
    const query = useDebounced(text, SETTLED);

    const dialogs = useDialogs({ object, search: query, filter: () => (tab.value === "my" ? filter.value : "all") }, chat);
    const isMine = computed(() => tab.value === "my");
    const isPlain = computed(() => query.value === "" && object() === null);
    const listed = computed(() => (isMine.value ? dialogs.participating.value : dialogs.available.value));
    // Those that one may join come whole, unless the server is asked for a part of them.
    const hasMore = computed(() => dialogs.hasMore.value && (isMine.value || !isPlain.value));
    // A search goes through the archive as well, and shows what it finds there.
    const isArchiveOpen = computed(() => isOpen.value || (query.value !== "" && dialogs.archived.value.length > 0));

    const rows = computed(() => {
        if (dialogs.isLoading.value) return [];
        const archived = {
            isOpen: isArchiveOpen.value,
            isLoading: dialogs.isLoadingArchived.value,
            isKnown: isArchiveKnown.value || query.value !== "",
            // What is searched comes page by page with the others.
            hasMore: dialogs.hasMoreArchived.value && query.value === "",
            dialogs: dialogs.archived.value,
        };
        return listRows({ dialogs: listed.value, hasMore: hasMore.value, archived: isMine.value && filter.value === "all" ? archived : null });
    });

    const empty = computed((): EmptyKind | null => {
        if (dialogs.isLoading.value || listed.value.length > 0) return null;
        if (dialogs.error.value !== null) return "failed";
        if (dialogs.isSearching.value || hasMore.value) return null;
        if (query.value !== "") return isMine.value && dialogs.archived.value.length > 0 ? null : "nothing-found";
        if (!isMine.value) return "available";
        return filter.value === "all" ? "empty" : filter.value;
    });

    async function loadArchived(): Promise<void> {
        await dialogs.loadArchived().catch(() => undefined);
        isArchiveKnown.value = dialogs.error.value === null;
    }

    let last = -1;
    let isGrown = false;
    function goOn(): void {
        if (last >= listed.value.length - NEAR && hasMore.value && dialogs.error.value === null) void more("dialogs");
    }
    function grown(): void {
        isGrown = isLoadingMore.value;
        goOn();
    }
    // A page may bring nothing that is shown, so it is not only the end of the rows that counts.
    watch([() => listed.value.length, hasMore, () => chat.state.value.dialogs.length], grown, { flush: "post" });

    async function more(of: "dialogs" | "archived"): Promise<void> {
        if (isLoadingMore.value) return;
        isLoadingMore.value = true;
        await (of === "archived" ? loadArchived() : dialogs.loadMore().catch(() => undefined));
        isLoadingMore.value = false;
        // What came was not enough; only then, as a promise may be kept long before anything comes.
        if (!isGrown) return;
        isGrown = false;
        goOn();
    }

    return {
        tab,
        text,
        query,
        filter,
        dialogs,
        rows,
        empty,
        isLoading: dialogs.isLoading,
        isLoadingMore,
        toggleArchived() {
            isOpen.value = !isOpen.value;
            if (isOpen.value && !isArchiveKnown.value) void loadArchived();
        },
        reached(index) {
            last = index;
            goOn();
        },
        more,
        showAll() {
            if (dialogs.error.value !== null) void dialogs.reload().catch(() => undefined);
            text.value = "";
            filter.value = "all";
        },
    };
}
