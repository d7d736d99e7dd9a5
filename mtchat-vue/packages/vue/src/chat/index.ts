export { provideChat, injectChat } from "./context.js";
export { createChat, type CreateChatOptions } from "./chat.js";
export { resolveConfig } from "./config.js";
export type { Locale, MTChatConfig, ResolvedConfig, ScopeConfig, UserProfile } from "./config.js";
export { encodeScopes, scopeLevels, type ScopeLevels } from "./scopes.js";
export { CHAT_KEY, type Chat, type ChatClient } from "./types.js";
