export { chatOfParts, contextOf, objectOf, useChat } from "./useChat.js";
export { onItsWay } from "./messages.js";
export type { ChatParts } from "./parts.js";
export type * from "./types.js";
