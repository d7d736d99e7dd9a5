/**
 * The MTChat chat for Vue: a component that is dropped in, its parts, and what they are made of.
 *
 * @packageDocumentation
 */
import { defineAsyncComponent } from "vue";

// The component
export { default as MTChat } from "./layout/MTChat.vue";
export { EXPOSED_FIELDS, EXPOSED_METHODS } from "./layout/exposed.js";
export type { MTChatExposed, MTChatFields, MTChatMethods } from "./layout/exposed.js";

// Its parts, for user interfaces of one's own: below `provideChat`, `provideOverlays` and `provideDialog`
export { default as ChatPane } from "./layout/ChatPane.vue";
export { default as Composer } from "./composer/Composer.vue";
export { default as DialogList } from "./list/DialogList.vue";
export { default as MessageList } from "./messages/MessageList.vue";
export { default as Avatar } from "./avatar/Avatar.vue";
export { default as ChatHeader } from "./panels/ChatHeader.vue";
export { default as ConnectionBanner } from "./panels/ConnectionBanner.vue";
export { default as InfoPanel } from "./panels/InfoPanel.vue";
export { default as JoinScreen } from "./panels/JoinScreen.vue";
export { default as Overlays } from "./panels/Overlays.vue";
export { default as SearchPanel } from "./panels/SearchPanel.vue";
export { injectOverlays, provideOverlays, type ConfirmOptions, type Overlays as OverlaysApi } from "./panels/overlays.js";
/** Files over the page, one at a time; loaded when it is shown. */
export const FileViewer = defineAsyncComponent(() => import("./viewer/FileViewer.vue").then(({ default: viewer }) => viewer));
export { setPdfAssets, type PdfAssets } from "./viewer/pdf/assets.js";

// What they stand on
export * from "./chat/index.js";
export * from "./composables/index.js";
export { createI18n, I18N_KEY, provideI18n, registerLocale, useI18n, useLocale } from "./i18n/index.js";
export type { I18n, I18nOptions, MessageKey, Messages, PartialMessages, PluralKey } from "./i18n/index.js";
export { provideRegistry, REGISTRY_KEY, useRegistry, type ComponentRegistry, type PartialRegistry } from "./registry/index.js";
export { provideTheme, themeClass, useTheme } from "./theme/index.js";
export * from "./primitives/index.js";
export { Icon, type IconName, type IconProps } from "./icons/index.js";

// Without the component: the API, the socket, a client, and `useChat`
export { MTChatApi, type MTChatApiOptions } from "./compat/api.js";
export { MTChatClient, type ClientEventType } from "./compat/client.js";
export { MTChatWebSocket, type MTChatWebSocketOptions } from "./compat/websocket.js";
export { useChat, type UseChatOptions, type UseChatReturn } from "./compat/useChat/index.js";
export { useFileUpload, type UseFileUploadOptions, type UseFileUploadReturn } from "./compat/useFileUpload.js";
export type {
    ApiResponse,
    Attachment,
    AttachmentInput,
    ChatMode,
    Dialog,
    DialogAccessScope,
    DialogListItem,
    DialogListType,
    DialogParticipant,
    JoinProfile,
    Message,
    MessagesPage,
    MTChatProps,
    ObjectDialogsQuery,
    ObjectNavigateEvent,
    PaginationOptions,
    PresignUploadResponse,
    SendMessageOptions,
    WsClientMessage,
    WsClientMessageType,
    WsEvent,
    WsEventHandler,
    WsEventPayload,
    WsEventType,
} from "./compat/types.js";

// Helpers
export { ATTACHMENT_LIMITS, isAllowedFileType, isValidFileSize } from "@mtchat/client";
export { formatFileSize, getAttachmentType, type AttachmentType } from "./files/types.js";
export { initials } from "./avatar/initials.js";
export { isAbortError, RequestError } from "./compat/errors.js";
export { logger } from "./compat/log.js";
export { senderName } from "./compat/sender-name.js";
export { plainText } from "./html/text.js";
export { safeUrl } from "./html/url.js";
export { sanitise } from "./html/sanitise.js";
