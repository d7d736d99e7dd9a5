import type { MessageView, ParticipantRow } from "@mtchat/client";
import { computed, type MaybeRefOrGetter, shallowRef, toValue, watch } from "vue";
import { hasPage } from "../chat/environment.js";
import { injectChat, type Chat } from "../chat/index.js";
import { byId } from "./by-id.js";
import { useNames } from "./names.js";
import { useReadPositions } from "./read-positions.js";
import type { UseParticipantsReturn } from "./types.js";

const NOBODY: readonly ParticipantRow[] = [];

/** Who is in a dialog. */
export function useParticipants(id: MaybeRefOrGetter<string | null>, chat: Chat = injectChat()): UseParticipantsReturn {
    const wanted = computed(() => toValue(id));
    const live = computed(() => (wanted.value === null ? undefined : chat.state.value.participants.get(wanted.value)));
    const read = useRead(() => wanted.value, () => live.value !== undefined, chat);
    const rows = computed(() => live.value ?? read.value ?? NOBODY);
    const participants = computed(() => inOrder(rows.value, chat.me));
    const index = computed(() => new Map(rows.value.map((row) => [row.user_id, row])));
    const names = useNames(wanted, rows, chat);
    const positions = useReadPositions(wanted, rows, chat);
    const others = computed(() => rows.value.filter(({ user_id }) => user_id !== chat.me));
    const typing = computed(() => (wanted.value === null ? [] : (chat.state.value.typing.get(wanted.value) ?? [])));
    return {
        participants,
        isLoading: computed(() => wanted.value !== null && live.value === undefined && read.value === null),
        of: (user) => index.value.get(user),
        nameOf: names.of,
        readersOf(message: MessageView) {
            return others.value.filter((row) => row.user_id !== message.sender_id && positions.hasRead(row, message));
        },
        typing: computed(() => typing.value.filter((user) => user !== chat.me).map((user) => names.of(user).name)),
    };
}

/** Oneself first, then the creator, then by join date. */
function inOrder(rows: readonly ParticipantRow[], me: string): readonly ParticipantRow[] {
    const rank = ({ user_id, joined_as }: ParticipantRow) => (user_id === me ? 0 : joined_as === "creator" ? 1 : 2);
    const byDate = (one: string, other: string) => (one === other ? 0 : one < other ? -1 : 1);
    return [...rows].sort((one, other) => rank(one) - rank(other) || byDate(one.joined_at, other.joined_at));
}

/** Those of a dialog that one is not in, read once: the client follows only open ones. */
function useRead(id: () => string | null, isLive: () => boolean, chat: Chat) {
    const rows = shallowRef<readonly ParticipantRow[] | null>(null);
    let latest = 0;
    const isOwn = () => {
        const dialog = id();
        return dialog !== null && byId(chat.state.value.dialogs).has(dialog);
    };
    watch(
        [id, isLive, isOwn, () => chat.state.value.fresh] as const,
        async ([dialog, live, own, fresh], [before]) => {
            const number = (latest += 1);
            if (dialog !== before) rows.value = null;
            if (dialog === null || live || own || !fresh || !hasPage()) return;
            // Without them the dialog's own row says who is in it.
            const answer = await chat.client.participants(dialog).catch(() => NOBODY);
            if (number === latest) rows.value = answer;
        },
        { immediate: true, flush: "sync" },
    );
    return rows;
}
