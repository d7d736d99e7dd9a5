import { ApiError, type DialogItemView } from "@mtchat/client";
import { computed, type MaybeRefOrGetter, onScopeDispose, shallowRef, toValue, watch } from "vue";
import { injectChat, type Chat } from "../chat/index.js";
import { hasPage } from "../chat/environment.js";
import { byId } from "./by-id.js";
import { errorOf } from "./errors.js";
import type { UseDialogReturn, WriteAccess } from "./types.js";

/** What came of asking the server for a dialog. */
interface Asked {
    readonly id: string;
    readonly item: DialogItemView | null;
    readonly error: Error | null;
}

/** A dialog, whether it is in the list or not, and what one may do there. */
export function useDialog(id: MaybeRefOrGetter<string | null>, chat: Chat = injectChat()): UseDialogReturn {
    const wanted = computed(() => toValue(id));
    const live = computed(() => {
        const { dialogs, available } = chat.state.value;
        return wanted.value === null ? null : (byId(dialogs).get(wanted.value) ?? byId(available).get(wanted.value) ?? null);
    });
    const asked = useAsked(() => wanted.value, () => live.value !== null, chat);
    const dialog = computed(() => live.value ?? asked.answer.value?.item ?? null);
    const role = computed(() => {
        const people = wanted.value === null ? undefined : chat.state.value.participants.get(wanted.value);
        return people?.find(({ user_id }) => user_id === chat.me)?.role;
    });
    const isMember = computed(() => dialog.value?.i_am_participant === true);
    const access = computed((): WriteAccess => {
        if (dialog.value === null) return "unknown";
        if (dialog.value.frozen === true) return "frozen";
        if (!isMember.value) return "join_first";
        return role.value === "read_only" ? "read_only" : "may";
    });
    /** Do something with the dialog that is meant now; one that is not in the list is read anew afterwards. */
    const doing = async (act: (dialog: string) => Promise<void>) => {
        const meant = wanted.value;
        if (meant === null) return;
        await act(meant);
        if (meant === wanted.value && live.value === null) await asked.ask();
    };
    const { client } = chat;
    return {
        dialog,
        isLoading: computed(() => wanted.value !== null && dialog.value === null && asked.answer.value === null),
        isMember,
        access,
        isModerator: computed(() => role.value === "owner" || role.value === "moderator"),
        error: computed(() => (live.value === null ? (asked.answer.value?.error ?? null) : null)),
        join: (profile) => doing((meant) => client.join(meant, profile)),
        leave: () => doing((meant) => client.leave(meant)),
        archive: () => doing((meant) => client.archive(meant)),
        unarchive: () => doing((meant) => client.unarchive(meant)),
        pin: () => doing((meant) => client.pin(meant)),
        unpin: () => doing((meant) => client.unpin(meant)),
        setNotifications: (wish) => doing((meant) => client.notifications(meant, wish)),
        markUnread: (message) => doing((meant) => client.markUnread(meant, message)),
    };
}

/** How long to wait before the server is asked again whether a dialog of which it told that it is gone is really there, in milliseconds. */
const DOUBTS = [100, 300, 1_000];

/** A dialog that is not in the list, as the server says it: asked when the list is known, and again after each reconnection. */
function useAsked(id: () => string | null, isLive: () => boolean, chat: Chat) {
    const answer = shallowRef<Asked | null>(null);
    let latest = 0;
    /** What was told to be gone. */
    let gone: string | null = null;
    const ask = async (times = 0): Promise<void> => {
        const meant = id();
        if (meant === null) return;
        const number = (latest += 1);
        const asked = await chat.client.dialog(meant).then(
            (item): Asked => ({ id: meant, item, error: null }),
            (thrown: unknown): Asked => ({ id: meant, item: null, error: errorOf(thrown) }),
        );
        // A late answer for another dialog, or an older one for this, changes nothing.
        if (number !== latest || meant !== id()) return;
        // The server tells a moment before its database knows.
        const pause = gone === meant && asked.item?.i_am_participant === true ? DOUBTS[times] : undefined;
        if (pause !== undefined) {
            await new Promise((resolve) => setTimeout(resolve, pause));
            return number === latest ? ask(times + 1) : undefined;
        }
        // Where there was no answer at all, what is known still holds.
        const isSilent = asked.error instanceof ApiError && asked.error.retryable;
        if (!isSilent || answer.value?.item == null) answer.value = asked;
    };
    const forget = () => {
        latest += 1;
        answer.value = null;
    };
    const end = chat.onDiffs((diffs) => {
        for (const diff of diffs) if ("dialog_gone" in diff && diff.dialog_gone === id()) gone = diff.dialog_gone;
    });
    onScopeDispose(() => {
        latest += 1;
        end();
    });
    watch(
        [id, isLive, () => chat.state.value.fresh, () => chat.state.value.connection === "connected"] as const,
        ([meant, live, fresh, connected], [before, wasLive]) => {
            if (meant !== before || live !== wasLive) forget();
            if (meant !== before || live) gone = null;
            // While the list is on its way the dialog may be in it.
            if (meant !== null && !live && fresh && connected && hasPage()) void ask();
        },
        { immediate: true, flush: "sync" },
    );
    return { answer, ask: () => ask() };
}
