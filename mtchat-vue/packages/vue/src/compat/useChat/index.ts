export { contextOf, objectOf } from "./context.js";
export { apiOf, chatOfParts } from "./chat-of-parts.js";
export { useChat } from "./useChat.js";
export { onItsWay } from "./messages.js";
export type { ChatParts } from "./parts.js";
export type * from "./types.js";
