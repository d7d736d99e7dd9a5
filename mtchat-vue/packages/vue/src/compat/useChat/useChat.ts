import { computed, type MaybeRefOrGetter, shallowRef, toValue, watch } from "vue";
import { createChat } from "../../chat/index.js";
import {
    useAttachments,
    useComposer,
    useConnection,
    useDialog,
    useMessages,
    useParticipants,
} from "../../composables/index.js";
import type { Chat } from "../../chat/index.js";
import type { DialogContext, ObjectRef, ReadRef } from "../../composables/types.js";
import { useSelection } from "../../layout/useSelection.js";
import { MTChatApi } from "../api.js";
import { tokenOf } from "../token.js";
import { dialogsGroup } from "./dialogs.js";
import { membershipGroup } from "./membership.js";
import { messagesGroup } from "./messages.js";
import { type ChatParts, Troubles } from "./parts.js";
import type { UseChatOptions, UseChatReturn } from "./types.js";

/**
 * A whole chat for a user interface of one's own: lists, the open dialog, and what may be done. It lives as long as the component (the effect
 * scope) that calls it. Who needs less takes the composables one by one.
 */
export function useChat(options: UseChatOptions): UseChatReturn {
    const chat = createChat(options.config, { token: options.token, autoConnect: options.autoConnect });
    const troubles = new Troubles();
    const object = shallowRef<ObjectRef | null>(null);
    const wanted = computed(() => objectOf(options.objectType, options.objectId));
    watch(wanted, (next) => (object.value = next), { immediate: true });
    const selection = useSelection(
        { mode: options.mode, dialogId: options.dialogId, object: wanted, onError: (error) => (troubles.last.value = error) },
        chat,
    );
    const context = contextOf(selection.id, chat);
    return chatOfParts({ chat, selection, context, object, search: shallowRef("") }, () => toValue(options.token), troubles);
}

/** The same, on top of what is there already. */
export function chatOfParts(parts: ChatParts, token: () => string | undefined, troubles: Troubles = new Troubles()): UseChatReturn {
    const { chat, context } = parts;
    const { isConnected, connect, disconnect } = useConnection(chat);
    const dialogs = dialogsGroup(parts, troubles);
    const messages = messagesGroup(parts, troubles);
    const { baseUrl } = chat.config.value;
    const scopes = () => chat.config.value.scopeConfig;
    return {
        ...dialogs,
        ...messages,
        ...membershipGroup(parts, troubles),
        participants: context.participants.participants,
        isConnected,
        isLoading: computed(() => dialogs.isLoadingDialogs.value || messages.isLoadingMessages.value),
        error: computed(() => troubles.last.value ?? context.dialog.error.value),
        onlineUsers: onlineUsers(chat),
        api: new MTChatApi(baseUrl, chat.me, scopes, tokenOf(() => chat.config.value, token)),
        connect: () => troubles.run(connect),
        disconnect,
        subscribe: () => undefined,
        unsubscribe: () => undefined,
    };
}

/** Everything about a dialog that may be another one, or none, later. */
export function contextOf(id: ReadRef<string | null>, chat: Chat): DialogContext {
    return {
        id: computed(() => id.value ?? ""),
        dialog: useDialog(id, chat),
        messages: useMessages(id, chat),
        composer: useComposer(id, chat),
        participants: useParticipants(id, chat),
        attachments: useAttachments(id, chat),
    };
}

/** An object, if both of its names are there. */
export function objectOf(type: MaybeRefOrGetter<string | undefined>, id: MaybeRefOrGetter<string | undefined>): ObjectRef | null {
    const object = { type: toValue(type), id: toValue(id) };
    return object.type && object.id ? { type: object.type, id: object.id } : null;
}

function onlineUsers({ state }: Chat): ReadRef<ReadonlySet<string>> {
    return computed(() => {
        const online = new Set<string>();
        for (const people of state.value.participants.values()) {
            for (const { user_id, is_online } of people) if (is_online) online.add(user_id);
        }
        // What was seen since then counts more.
        for (const [user, is] of state.value.presence) is ? online.add(user) : online.delete(user);
        return online;
    });
}
