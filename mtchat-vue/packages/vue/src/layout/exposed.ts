import type { ComputedRef } from "vue";
import type { UseChatReturn } from "../compat/useChat/index.js";
import type { DialogListItem, Message } from "../compat/types.js";
import type { ChatView } from "./useViews.js";

/** Methods that are those of `useChat`. */
const OF_CHAT = [
    "selectDialog",
    "loadDialogs",
    "loadDialogsByObject",
    "loadArchivedDialogsByObject",
    "sendMessage",
    "joinDialog",
    "leaveDialog",
    "archiveDialog",
    "unarchiveDialog",
    "pinDialog",
    "unpinDialog",
    "toggleNotifications",
] as const satisfies readonly (keyof UseChatReturn)[];

/** The names of {@link MTChatMethods}: whatever wraps the component passes these on. */
export const EXPOSED_METHODS = [...OF_CHAT, "goBack", "toggleInfoPanel"] as const;

/** The names of {@link MTChatFields}. */
export const EXPOSED_FIELDS = [
    "client",
    "messages",
    "participatingDialogs",
    "availableDialogs",
    "archivedDialogs",
    "currentDialog",
    "isConnected",
    "isLoading",
    "mobileView",
] as const satisfies readonly (keyof MTChatFields)[];

/** What `<MTChat>` lets its parent do. */
export interface MTChatMethods extends Pick<UseChatReturn, (typeof OF_CHAT)[number]> {
    /** info → chat → list. */
    goBack(): void;
    toggleInfoPanel(): void;
}

/** What `<MTChat>` lets its parent see. */
export interface MTChatFields {
    client: UseChatReturn;
    messages: readonly Message[];
    participatingDialogs: readonly DialogListItem[];
    availableDialogs: readonly DialogListItem[];
    archivedDialogs: readonly DialogListItem[];
    currentDialog: DialogListItem | null;
    isConnected: boolean;
    isLoading: boolean;
    mobileView: ChatView;
}

/** What a template ref of `<MTChat>` has. */
export type MTChatExposed = MTChatMethods & MTChatFields;

/** The same as the component gives it. */
export type Exposing = MTChatMethods & { [Field in keyof MTChatFields]: ComputedRef<MTChatFields[Field]> };

/** The methods of whichever root there is now: for another user there is another one. */
export function methodsOf(root: () => MTChatExposed | null): MTChatMethods {
    const call = (name: keyof MTChatMethods) =>
        ((...args: never[]) => {
            const there = root();
            if (there === null) throw new Error(`<MTChat> is not mounted: ${name} can not be called`);
            return (there[name] as (...args: never[]) => unknown)(...args);
        }) as never;
    return Object.fromEntries(EXPOSED_METHODS.map((name) => [name, call(name)])) as unknown as MTChatMethods;
}
