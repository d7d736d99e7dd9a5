import { ApiError, type MessageView, type Row } from "@mtchat/client";
import { computed, type MaybeRefOrGetter, onScopeDispose, toValue, watch } from "vue";
import { hasPage } from "../chat/environment.js";
import { injectChat, type Chat } from "../chat/index.js";
import { useDialog } from "./dialog.js";
import { useFirstUnread } from "./first-unread.js";
import { MessageCache } from "./message-cache.js";
import { TimelineItems } from "./timeline-items.js";
import type { ReadRef, UseDialogReturn, UseMessagesReturn } from "./types.js";
import { usePaging } from "./paging.js";

const NO_ROWS: readonly Row[] = [];

/** The messages of a dialog, which is open while the scope lives and one is a member. */
export function useMessages(id: MaybeRefOrGetter<string | null>, chat: Chat = injectChat()): UseMessagesReturn {
    return messagesOf(id, useDialog(id, chat), chat);
}

/** The same where it is known already what dialog it is. */
export function messagesOf(id: MaybeRefOrGetter<string | null>, { dialog, isMember }: Pick<UseDialogReturn, "dialog" | "isMember">, chat: Chat): UseMessagesReturn {
    const { client } = chat;
    const wanted = computed(() => toValue(id));
    const timeline = computed(() => (wanted.value === null ? undefined : chat.state.value.timelines.get(wanted.value)));
    const rows = computed(() => timeline.value?.rows ?? NO_ROWS);
    const isFresh = computed(() => timeline.value?.fresh ?? false);
    useOpened(computed(() => (isMember.value ? wanted.value : null)), chat);

    const openRows = computed(() => ({ id: wanted.value, dialog: dialog.value, rows: rows.value, fresh: isFresh.value }));
    const firstUnreadId = useFirstUnread(openRows, chat);
    const makers = computed(() => (void wanted.value, new TimelineItems(chat.me)));
    const items = computed(() => makers.value.of(rows.value, firstUnreadId.value));
    const index = computed(() => indexOf(rows.value));
    const cache = new MessageCache(chat);
    const find = (message: string) => index.value.get(message);
    const paging = usePaging(wanted, rows, chat);
    /** The dialog that is meant when something is wanted of it. */
    const meant = () => {
        if (wanted.value === null) throw new Error("No dialog is open.");
        return wanted.value;
    };
    return {
        items,
        isLoading: computed(() => wanted.value !== null && rows.value.length === 0 && !isFresh.value),
        isFresh,
        ...paging,
        firstUnreadId,
        newestId: computed(() => newestOf(rows.value)),
        find,
        fetch: async (message) => find(message) ?? cache.get(meant(), message),
        async jumpTo(message) {
            const dialogId = meant();
            if (find(message) !== undefined) return true;
            if ((await exists(dialogId, message, chat)) === false || wanted.value !== dialogId) return false;
            await client.jump(dialogId, message);
            return paging.until(() => find(message) !== undefined);
        },
        markRead: (message) => client.read(meant(), message),
        async edit(message, content) {
            await client.edit(meant(), message, content);
        },
        remove: (message) => client.remove(meant(), message),
        async toggleReaction(message, emoji) {
            const isThere = find(message)?.reactions?.some((one) => one.emoji === emoji && one.me) === true;
            await (isThere ? client.unreact(meant(), message, emoji) : client.react(meant(), message, emoji));
        },
        history: (message) => client.history(meant(), message),
        retry: (message) => client.retry(message),
        discard: (message) => client.discard(message),
    };
}

/** Keep a dialog open while it is this one. */
function useOpened(id: ReadRef<string | null>, chat: Chat): void {
    let close: (() => void) | undefined;
    const end = () => {
        close?.();
        close = undefined;
    };
    watch(
        id,
        (next) => {
            end();
            if (next === null || !hasPage()) return;
            const opened = chat.client.open(next);
            close = () => opened.close();
        },
        { immediate: true, flush: "sync" },
    );
    onScopeDispose(end);
}

function indexOf(rows: readonly Row[]): ReadonlyMap<string, MessageView> {
    const index = new Map<string, MessageView>();
    for (const row of rows) if ("message" in row) index.set(row.message.id, row.message);
    return index;
}

function newestOf(rows: readonly Row[]): string | null {
    for (let place = rows.length - 1; place >= 0; place -= 1) {
        const row = rows[place]!;
        if ("message" in row) return row.message.id;
    }
    return null;
}

/** Whether a message is there; `false`: it was deleted, or never was. */
async function exists(dialog: string, message: string, { client }: Chat): Promise<boolean> {
    try {
        await client.message(dialog, message);
        return true;
    } catch (thrown) {
        if (thrown instanceof ApiError && thrown.status === 404) return false;
        throw thrown;
    }
}
