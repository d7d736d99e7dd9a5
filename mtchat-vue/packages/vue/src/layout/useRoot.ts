import { ApiError } from "@mtchat/client";
import { computed, inject, onScopeDispose, provide, shallowRef, watch } from "vue";
import { createChat, provideChat } from "../chat/index.js";
import { lazyApi } from "../compat/lazy-api.js";
import { apiOf, chatOfParts, contextOf, objectOf, type UseChatReturn } from "../compat/useChat/index.js";
import type { DialogListItem, Message } from "../compat/types.js";
import { DIALOG_KEY } from "../composables/dialog-context.js";
import type { ObjectRef } from "../composables/types.js";
import { provideI18n } from "../i18n/index.js";
import { provideOverlays } from "../panels/overlays.js";
import { provideRegistry } from "../registry/index.js";
import { provideTheme } from "../theme/index.js";
import { CHAT_FACTORY } from "./factory.js";
import type { RootProps } from "./props.js";
import { useSelection } from "./useSelection.js";
import { useSent } from "./useSent.js";

/** What the root tells its host. */
export interface RootEvents {
    connected(): void;
    disconnected(): void;
    error(error: Error): void;
    sent(message: Message): void;
    selected(dialog: DialogListItem): void;
    joined(dialog: string): void;
    left(dialog: string): void;
}

/** Everything that stands behind the root: made, provided to what is below, and told about. */
export function useRoot(props: RootProps, events: RootEvents) {
    const make = inject(CHAT_FACTORY, createChat, false);
    const chat = make(() => props.config, { token: () => props.token });
    provideChat(chat);
    const i18n = provideI18n({ locale: () => chat.config.value.locale, messages: () => props.messages });
    if (props.registry !== undefined) provideRegistry(props.registry);
    provideTheme(() => props.theme);
    provideOverlays();

    const hostObject = computed(() => objectOf(props.objectType, props.objectId));
    const object = shallowRef<ObjectRef | null>(null);
    watch(hostObject, (next) => (object.value = next), { immediate: true });

    /** Selected, and not told yet: what it is has to be loaded first. */
    const untold = shallowRef<string | null>(null);
    const select = (id: string) => {
        if (props.mode === "inline") return;
        const { dialogs, available } = chat.state.value;
        const known = dialogs.find((dialog) => dialog.id === id) ?? available.find((dialog) => dialog.id === id);
        untold.value = known === undefined ? id : null;
        if (known !== undefined) events.selected(known);
    };
    const selection = useSelection(
        { mode: () => props.mode, dialogId: () => props.dialogId, object: hostObject, onSelected: select, onError: events.error },
        chat,
    );
    const context = contextOf(selection.id, chat);
    provide(DIALOG_KEY, context);
    let seen: string | null = null;
    watch(
        context.dialog.dialog,
        (dialog) => {
            seen = dialog?.id ?? seen;
            if (dialog === null || dialog.id !== untold.value) return;
            untold.value = null;
            events.selected(dialog);
        },
        { immediate: true },
    );
    // It was there and is not any more: it was deleted, or one was removed from it. One that never was is a mistake to be seen.
    watch(context.dialog.error, (error) => {
        const isGone = error instanceof ApiError && error.status === 404;
        if (isGone && seen !== null && seen === selection.id.value) selection.select(null);
    });

    const isConnected = computed(() => chat.state.value.connection === "connected");
    watch(isConnected, (now) => (now ? events.connected() : events.disconnected()));
    onScopeDispose(chat.client.on("error", events.error));

    const sent = useSent(chat, events.sent);
    const api = lazyApi((Api) => apiOf(Api, chat, () => props.token));
    const plain = chatOfParts({ chat, selection, context, object, search: shallowRef("") }, api);
    const client: UseChatReturn = {
        ...plain,
        async sendMessage(content, attachments) {
            const message = await plain.sendMessage(content, attachments);
            if (message !== undefined) sent(message.dialog_id, message.id);
            return message;
        },
        async joinDialog(id, profile) {
            await plain.joinDialog(id, profile);
            events.joined(id);
        },
        async leaveDialog(id) {
            await plain.leaveDialog(id);
            left(id);
        },
    };
    const left = (id: string) => {
        events.left(id);
        if (props.mode !== "inline" && selection.id.value === id) selection.select(null);
    };
    return {
        chat,
        i18n,
        selection,
        context,
        object,
        client,
        left,
        /** Open what a list shows. */
        open: (dialog: DialogListItem) => selection.select(dialog.id),
        sent: (id: string) => selection.id.value !== null && sent(selection.id.value, id),
    };
}
