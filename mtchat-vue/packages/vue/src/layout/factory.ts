import type { InjectionKey } from "vue";
import type { createChat } from "../chat/index.js";

/** How the root comes by its chat, where it is not to make one itself: stories and tests have no server. */
export const CHAT_FACTORY: InjectionKey<typeof createChat> = Symbol("mtchat.chat-factory");
