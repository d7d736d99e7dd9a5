import { computed, inject, type InjectionKey, type MaybeRefOrGetter, provide, toValue } from "vue";
import { injectChat, type Chat } from "../chat/index.js";
import { useAttachments } from "./attachments.js";
import { useComposer } from "./composer.js";
import { useDialog } from "./dialog.js";
import { messagesOf } from "./messages.js";
import { useParticipants } from "./participants.js";
import type { DialogContext } from "./types.js";

/** How the open dialog is found by what is below it. */
export const DIALOG_KEY: InjectionKey<DialogContext> = Symbol("mtchat.dialog");

/** Open a dialog for every component below: they share what is loaded of it. */
export function provideDialog(id: MaybeRefOrGetter<string>, chat: Chat = injectChat()): DialogContext {
    const dialog = useDialog(id, chat);
    const context: DialogContext = {
        id: computed(() => toValue(id)),
        dialog,
        messages: messagesOf(id, dialog, chat),
        composer: useComposer(id, chat),
        participants: useParticipants(id, chat),
        attachments: useAttachments(id, chat),
    };
    provide(DIALOG_KEY, context);
    return context;
}

/** The dialog of the component above that opened one. */
export function injectDialog(): DialogContext {
    const context = inject(DIALOG_KEY, null);
    if (context === null) throw new Error("There is no open dialog here: use this below <ChatPane>, or call provideDialog() in a component above.");
    return context;
}
