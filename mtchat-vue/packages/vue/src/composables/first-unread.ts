import type { DialogItemView, Row } from "@mtchat/client";
import { readonly, ref, type Ref, watch } from "vue";
import type { Chat } from "../chat/index.js";
import type { ReadRef } from "./types.js";

/** How many messages to look through for the first unread one where only the server knows it. */
const MOST = 200;

/** What is known of the dialog that is open. */
export interface OpenRows {
    readonly id: string | null;
    readonly dialog: DialogItemView | null;
    readonly rows: readonly Row[];
    /** The rows are what the server says. */
    readonly fresh: boolean;
}

/**
 * The first message that was unread when the dialog was opened. It is decided once, with the server's first word, and holds until one
 * says something or the dialog is left.
 */
export function useFirstUnread(open: ReadRef<OpenRows>, chat: Chat): ReadRef<string | null> {
    const first = ref<string | null>(null);
    let decided: string | null = null;
    /** One's own newest message behind the divider, when it was put there. */
    let said: string | null = null;
    watch(
        open,
        (now, before) => {
            if (now.id !== before?.id) [first.value, decided, said] = [null, null, null];
            if (now.id === null || !now.fresh || now.dialog === null || !now.dialog.i_am_participant) return;
            if (decided === now.id) return void settle(now.rows);
            decided = now.id;
            decide(now, now.id);
        },
        { immediate: true, flush: "sync" },
    );

    function decide({ rows, dialog }: OpenRows, id: string): void {
        const count = dialog?.unread_count ?? 0;
        if (count === 0) return;
        const found = countBack(rows, count, chat.me);
        if (found === null) return void askServer(id, first, () => decided === id, chat);
        first.value = found;
        said = newestOwn(rows, found, chat.me);
    }

    function settle(rows: readonly Row[]): void {
        if (first.value === null || newestOwn(rows, first.value, chat.me) === said) return;
        first.value = null;
    }

    return readonly(first);
}

/** The message with which so many unread ones begin; `null`: it is not loaded. */
function countBack(rows: readonly Row[], count: number, me: string): string | null {
    let left = count;
    for (let place = rows.length - 1; place >= 0; place -= 1) {
        const row = rows[place]!;
        if ("gap" in row) return null;
        if ("sending" in row || row.message.message_type === "system" || row.message.sender_id === me) continue;
        left -= 1;
        if (left === 0) return row.message.id;
    }
    return null;
}

/** One's own newest message, there or on its way, behind this one. */
function newestOwn(rows: readonly Row[], after: string, me: string): string | null {
    for (let place = rows.length - 1; place >= 0; place -= 1) {
        const row = rows[place]!;
        if ("sending" in row) return row.sending.id;
        if ("gap" in row || row.message.id === after) return null;
        if (row.message.sender_id === me) return row.message.id;
    }
    return null;
}

/** It is further back than what is loaded: begin where one has read up to, or as far back as one page goes. */
async function askServer(id: string, first: Ref<string | null>, isOpen: () => boolean, chat: Chat): Promise<void> {
    // Without an answer the list begins at its end: no reason to complain.
    const found = await readAfter(id, chat).catch(() => null);
    if (isOpen()) first.value = found;
}

async function readAfter(id: string, { client, me, state }: Chat): Promise<string | null> {
    // Who takes part may be on its way still.
    const people = state.value.participants.get(id) ?? (await client.participants(id));
    const after = people.find(({ user_id }) => user_id === me)?.last_read_message_id;
    const page = await client.messages(id, after ? { after, limit: MOST } : { limit: MOST });
    return page.first_unread_message_id ?? null;
}
