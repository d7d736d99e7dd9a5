import type { MessageView, ParticipantRow } from "@mtchat/client";
import { computed, shallowRef, watch } from "vue";
import { hasPage } from "../chat/environment.js";
import type { Chat } from "../chat/index.js";
import type { ReadRef } from "./types.js";

/** How many messages to ask for at most, the newest first: with others their ids have to do, which are right but for wrong clocks. */
const MOST = 30;

/** How far people have read. */
export interface ReadPositions {
    hasRead(person: ParticipantRow, message: MessageView): boolean;
}

/**
 * How far people have read, by the numbers of messages in the dialog: ids are made by clients, whose clocks differ. The number of a
 * message that is not loaded is asked of the server once.
 */
export function useReadPositions(id: ReadRef<string | null>, rows: ReadRef<readonly ParticipantRow[]>, chat: Chat): ReadPositions {
    const timeline = computed(() => (id.value === null ? undefined : chat.state.value.timelines.get(id.value)?.rows));
    const loaded = computed(() => {
        const numbers = new Map<string, number>();
        for (const row of timeline.value ?? []) if ("message" in row) numbers.set(row.message.id, row.message.seq);
        return numbers;
    });
    /** Of messages that are not loaded; `null`: not known (yet), or deleted. */
    const asked = shallowRef<ReadonlyMap<string, number | null>>(new Map());
    const pointers = computed(() => {
        const all = new Set<string>();
        for (const { user_id, last_read_message_id: read } of rows.value) if (user_id !== chat.me && read !== null) all.add(read);
        return all;
    });
    const ask = async (dialog: string, message: string) => {
        const set = (seq: number | null) => (asked.value = new Map(asked.value).set(message, seq));
        set(null);
        // A deleted one has no number any more: then its id has to do.
        const found = await chat.client.message(dialog, message).catch(() => null);
        if (found !== null && dialog === id.value) set(found.seq);
    };
    watch(id, () => (asked.value = new Map()), { flush: "sync" });
    watch(
        [pointers, () => chat.state.value.timelines.get(id.value ?? "")?.fresh === true] as const,
        ([all, fresh]) => {
            const dialog = id.value;
            if (dialog === null || !fresh || !hasPage()) return;
            const unknown = [...all].filter((message) => !loaded.value.has(message) && !asked.value.has(message));
            const left = Math.max(0, MOST - asked.value.size);
            for (const message of unknown.sort().reverse().slice(0, left)) void ask(dialog, message);
        },
        { immediate: true },
    );
    /** The same map while nothing in it is different: whoever shows marks is not shown anew with each message. */
    const numbers = computed<ReadonlyMap<string, number | undefined>>((before) => {
        const now = new Map([...pointers.value].map((read) => [read, loaded.value.get(read) ?? asked.value.get(read) ?? undefined]));
        return before !== undefined && isSame(before, now) ? before : now;
    });
    return {
        hasRead({ last_read_message_id: read }, message) {
            if (read === null) return false;
            const seq = numbers.value.get(read);
            return seq === undefined ? read >= message.id : seq >= message.seq;
        },
    };
}

function isSame(one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): boolean {
    return one.size === other.size && [...one].every(([key, value]) => other.has(key) && other.get(key) === value);
}
