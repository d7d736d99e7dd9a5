import { describe, expect, it } from "vitest";
import * as all from "./index.js";
import type {
    ApiResponse, Attachment, AttachmentInput, AttachmentType, ButtonProps, ChatMode, CheckboxProps, ComponentRegistry, ContextMenuExpose, Dialog,
    DialogAccessScope, DialogEmits, DialogListItem, DialogListType, DialogParticipant, DialogProps, IconName, InputExpose, InputProps, Locale,
    MenuExpose, MenuItem, MenuProps, Message, MTChatConfig, MTChatExposed, MTChatProps, ObjectNavigateEvent, PaginationOptions, PartialRegistry,
    PendingAttachment, PresignUploadResponse, RadioButtonProps, ScopeConfig, SpinnerProps, TabProps, TabsProps, TagProps, UseChatOptions,
    UseChatReturn, UseFileUploadOptions, UseFileUploadReturn, WsClientMessage, WsClientMessageType, WsEvent, WsEventHandler, WsEventPayload,
    WsEventType,
} from "./index.js";

/** What hosts import by name. */
const NAMES = {
    components: "MTChat FileViewer Icon DialogList MessageList Composer ChatPane Overlays",
    primitives:
        "MtButton MtDialog MtMenu MtContextMenu MtInput MtCheckbox MtRadioButton MtTabs MtTab MtAccordion MtAccordionPanel MtTag MtSpinner vTooltip",
    registry: "provideRegistry useRegistry REGISTRY_KEY",
    classes: "MTChatClient MTChatApi MTChatWebSocket",
    composables:
        "useChat useFileUpload useConnection useUnread usePresence useDialogs useDialog useMessages useComposer useParticipants useAttachments useSearch",
    contexts: "createChat provideChat injectChat provideDialog injectDialog provideOverlays injectOverlays",
    languages: "provideI18n useI18n useLocale",
    files: "getAttachmentType isAllowedFileType isValidFileSize formatFileSize ATTACHMENT_LIMITS",
    helpers: "sanitise plainText safeUrl initials senderName isAbortError logger",
};

/** Types have no values: that this compiles is the test. */
type Types = [
    ApiResponse<Dialog>, Attachment, AttachmentInput, AttachmentType, ButtonProps, CheckboxProps, ComponentRegistry, ContextMenuExpose,
    DialogAccessScope, DialogEmits, DialogListItem, DialogListType, DialogParticipant, DialogProps, IconName, InputExpose, InputProps, MenuExpose,
    MenuItem, MenuProps, Message, MTChatExposed, MTChatProps, ObjectNavigateEvent, PaginationOptions, PartialRegistry, PendingAttachment,
    PresignUploadResponse, RadioButtonProps, SpinnerProps, TabProps, TabsProps, TagProps, UseChatOptions, UseChatReturn, UseFileUploadOptions,
    UseFileUploadReturn, WsClientMessage, WsClientMessageType, WsEventHandler, WsEventPayload, WsEventType,
];

describe("the package", () => {
    it.each(Object.entries(NAMES))("has its %s", (_, names) => {
        const missing = names.split(" ").filter((name) => all[name as keyof typeof all] === undefined);
        expect(missing).toEqual([]);
    });

    it("has its types, and they are what hosts write", () => {
        const config = {
            baseUrl: "https://chat.example",
            userId: "ann",
            scopeConfig: { scopeLevel0: ["t"], scopeLevel1: [], scopeLevel2: [] } satisfies ScopeConfig,
            userProfile: { displayName: "Ann", company: "Northwind" },
            locale: "ru" satisfies Locale,
            onMessage: (event) => void event,
        } satisfies MTChatConfig;
        const props = { config, mode: "inline" satisfies ChatMode, objectType: "order", objectId: "7" } satisfies MTChatProps;
        const event = { type: "message.new", id: "m", payload: { id: "m" } } satisfies WsEvent;
        const types: Types | null = null;
        expect([props.mode, event.payload.id, types]).toEqual(["inline", "m", null]);
    });
});
