import { computed, shallowRef, watch } from "vue";
import { useDialogs } from "../../composables/index.js";
import type { DialogListItem } from "../types.js";
import type { ChatParts, Troubles } from "./parts.js";
import type { UseChatDialogs, UseChatState } from "./types.js";

type Lists = Pick<UseChatState, "participatingDialogs" | "availableDialogs" | "archivedDialogs" | "currentDialog" | "isLoadingDialogs" | "searchQuery">;

/** The lists, and which dialog is open. */
export function dialogsGroup(parts: ChatParts, troubles: Troubles): Lists & UseChatDialogs {
    const { chat, selection, context, object, search } = parts;
    const isAvailableWanted = shallowRef(false);
    const needsAvailable = () => isAvailableWanted.value || object.value !== null || selection.isOfObject.value;
    const dialogs = useDialogs({ object, search, available: needsAvailable }, chat);

    const reload = () => dialogs.reload();
    const only = (type: string, id: string) => {
        object.value = { type, id };
    };
    return {
        participatingDialogs: dialogs.participating,
        // Whoever shows them has asked for them.
        availableDialogs: computed(() => (needsAvailable() ? dialogs.available.value : chat.state.value.available)),
        archivedDialogs: dialogs.archived,
        currentDialog: context.dialog.dialog,
        isLoadingDialogs: dialogs.isLoading,
        searchQuery: search,
        loadDialogs: () =>
            troubles.run(() => {
                isAvailableWanted.value = true;
                return reload();
            }),
        loadParticipatingDialogs: () => troubles.run(reload),
        loadArchivedDialogs: () => troubles.run(() => dialogs.loadArchived()),
        loadAvailableDialogs: () =>
            troubles.run(() => {
                isAvailableWanted.value = true;
                return reload();
            }),
        loadDialogsByObject: (type, id) =>
            troubles.run(() => {
                only(type, id);
                isAvailableWanted.value = true;
                return reload();
            }),
        loadArchivedDialogsByObject: (type, id) =>
            troubles.run(() => {
                only(type, id);
                return dialogs.loadArchived();
            }),
        loadDialogByObject: (type, id) =>
            troubles.run(async () => {
                const found: DialogListItem | null = await chat.client.dialogOfObject(type, id);
                if (found !== null) selection.select(found.id);
                return found;
            }),
        async selectDialog(id) {
            selection.select(id);
            if (id !== null) await shown(parts, id);
        },
        setSearchQuery(query) {
            search.value = query;
        },
    };
}

/** When there is something of a dialog to show, another one is open, or there is no connection to load it over. */
function shown({ chat, selection, context }: ChatParts, id: string): Promise<void> {
    const isLoading = () => {
        const { connection } = chat.state.value;
        const isHopeful = connection === "connected" || connection === "connecting";
        const isMissing = context.dialog.isLoading.value || (context.dialog.isMember.value && context.messages.isLoading.value);
        return selection.id.value === id && isHopeful && isMissing;
    };
    return new Promise((resolve) => {
        const stop = watch(
            isLoading,
            (loading) => {
                if (loading) return;
                resolve();
                // It may be called before `stop` is there.
                queueMicrotask(() => stop());
            },
            { immediate: true, flush: "post" },
        );
    });
}
