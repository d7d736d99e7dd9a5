import type { DialogItemView, MessageView, ParticipantRow, Row } from "@mtchat/client";
import { computed, shallowRef, watch } from "vue";
import { hasPage } from "../chat/environment.js";
import type { Chat } from "../chat/index.js";
import { byId } from "./by-id.js";
import type { ReadRef } from "./types.js";

/** What somebody is called. */
export interface Name {
    readonly name: string;
    readonly company: string | null;
}

/** A message as servers may say it that name who wrote it. */
type Named = MessageView & { readonly sender?: { readonly display_name?: string | null; readonly company?: string | null } | null };

/** How people of a dialog are called, also those who have left, as far as that was ever known here. */
export function useNames(id: ReadRef<string | null>, rows: ReadRef<readonly ParticipantRow[]>, chat: Chat): { of(user: string | null): Name } {
    const known = shallowRef<ReadonlyMap<string, Name>>(new Map());
    const dialog = computed(() => {
        if (id.value === null) return undefined;
        return byId(chat.state.value.dialogs).get(id.value) ?? byId(chat.state.value.available).get(id.value);
    });
    const timeline = computed(() => (id.value === null ? undefined : chat.state.value.timelines.get(id.value)?.rows));
    watch(id, () => (known.value = new Map()), { flush: "sync" });
    /** Only names that are new make a new map: whoever shows names is not shown anew with each message. */
    const learn = (told: Iterable<readonly [string, Name]>) => {
        let next: Map<string, Name> | null = null;
        for (const [user, name] of told) {
            const before = (next ?? known.value).get(user);
            // Where only a name is told, the company that was known still holds.
            if (before?.name === name.name && (before.company === name.company || name.company === null)) continue;
            next ??= new Map(known.value);
            next.set(user, name);
        }
        if (next !== null) known.value = next;
    };
    watch([timeline, dialog, rows], () => learn(sources(timeline.value ?? [], dialog.value, rows.value)), { immediate: true, flush: "sync" });
    const nameless = () => rows.value.length > 0 && (timeline.value ?? []).some((row) => isNameless(row, known.value));
    useFormer(id, nameless, learn, chat);
    return {
        of(user) {
            if (user === null) return { name: "", company: null };
            return known.value.get(user) ?? { name: user, company: null };
        },
    };
}

function isNameless(row: Row, known: ReadonlyMap<string, Name>): boolean {
    const sender = "message" in row ? row.message.sender_id : null;
    return sender !== null && !known.has(sender);
}

/** Ask who was in a dialog, once, when there are messages of somebody of whom nothing is known: they have left before this client came. */
function useFormer(id: ReadRef<string | null>, nameless: () => boolean, learn: (told: Iterable<readonly [string, Name]>) => void, chat: Chat): void {
    let asked: string | null = null;
    watch(
        [id, nameless] as const,
        async ([dialog, isMissing]) => {
            if (!isMissing || dialog === null || dialog === asked || !hasPage()) return;
            asked = dialog;
            // Without an answer they keep their ids for names; it is asked again when the dialog is opened anew.
            const former = await chat.client.formerParticipants(dialog).catch(() => []);
            if (dialog !== id.value) return;
            learn(former.map((one) => [one.user_id, { name: one.display_name ?? one.user_id, company: one.company ?? null }] as const));
        },
        { immediate: true },
    );
}

/** All who are named anywhere, each once, by who knows it best. */
function sources(timeline: readonly Row[], dialog: DialogItemView | undefined, rows: readonly ParticipantRow[]): Map<string, Name> {
    const told = new Map<string, Name>();
    const { last_message: last, participants = [] } = dialog ?? {};
    if (last?.sender_id && last.sender_name) told.set(last.sender_id, { name: last.sender_name, company: null });
    for (const row of timeline) {
        const message: Named | null = "message" in row ? row.message : null;
        const name = message?.sender?.display_name;
        if (message?.sender_id && name) told.set(message.sender_id, { name, company: message.sender?.company ?? null });
    }
    for (const { user_id, display_name, company } of [...participants, ...rows]) {
        if (display_name) told.set(user_id, { name: display_name, company: company ?? null });
    }
    return told;
}
