import { computed, shallowRef, toValue, watch } from "vue";
import { createChat } from "../../chat/index.js";
import type { ObjectRef } from "../../composables/types.js";
import { useSelection } from "../../layout/useSelection.js";
import { MTChatApi } from "../api.js";
import { apiOf, chatOfParts } from "./chat-of-parts.js";
import { contextOf, objectOf } from "./context.js";
import { Troubles } from "./parts.js";
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
    const api = apiOf(MTChatApi, chat, () => toValue(options.token));
    return chatOfParts({ chat, selection, context, object, search: shallowRef("") }, api, troubles);
}
