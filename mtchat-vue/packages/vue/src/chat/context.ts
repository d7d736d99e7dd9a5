import { inject, provide } from "vue";
import { CHAT_KEY, type Chat } from "./types.js";

/** Give this chat to every component below. */
export function provideChat(chat: Chat): void {
    provide(CHAT_KEY, chat);
}

/** The chat of the component above that provides one. */
export function injectChat(): Chat {
    const chat = inject(CHAT_KEY, null);
    if (chat === null) throw new Error("There is no chat here: use this below <MTChat>, or call provideChat() in a component above.");
    return chat;
}
