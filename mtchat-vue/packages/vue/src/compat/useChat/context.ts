import { computed, type MaybeRefOrGetter, toValue } from "vue";
import type { Chat } from "../../chat/index.js";
import { useAttachments, useComposer, useDialog, useMessages, useParticipants } from "../../composables/index.js";
import type { DialogContext, ObjectRef, ReadRef } from "../../composables/types.js";

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
