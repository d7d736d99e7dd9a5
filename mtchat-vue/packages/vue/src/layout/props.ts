import type { DialogListItem, Message, MTChatProps, ObjectNavigateEvent } from "../compat/types.js";
import type { TimelineItem } from "../composables/types.js";
import type { PartialMessages } from "../i18n/index.js";
import type { EmptyKind } from "../list/ListEmpty.vue";
import type { ShownFile } from "../messages/row-view.js";
import type { PartialRegistry } from "../registry/index.js";

/** The props of `<MTChat>`, with those that hosts of one language and one look do not need. */
export interface RootProps extends MTChatProps {
    /** Words by language: single ones of the host's own, or whole languages. */
    messages?: Readonly<Record<string, PartialMessages>>;
    /** Components to use instead of ours. Also `provideRegistry()` in a component above. */
    registry?: PartialRegistry;
}

/** What `<MTChat>` tells its parent. */
export interface ChatEvents {
    connected: [];
    disconnected: [];
    error: [error: Error];
    /** The server has a message of the user's. */
    "message-sent": [message: Message];
    /** Another dialog is open from now on, before anything of it is loaded. Not in inline mode. */
    "dialog-selected": [dialog: DialogListItem];
    "dialog-joined": [dialog: string];
    "dialog-left": [dialog: string];
    "object-navigate": [event: ObjectNavigateEvent];
}

/** What its parent may put into it. */
export interface ChatSlots {
    /** Beside the search field. */
    "sidebar-action"?(): unknown;
    /** In the header's menu, before «Leave». */
    "header-menu-actions"?(props: { dialog: DialogListItem; closeMenu: () => void; menuItemClass: string }): unknown;
    /** A row of the list, in place of the usual one. */
    "dialog-row"?(props: { dialog: DialogListItem; selected: boolean }): unknown;
    /** In place of the words for an empty list. */
    "list-empty"?(props: { kind: EmptyKind }): unknown;
    /** A message, in place of the usual one. */
    message?(props: { item: Extract<TimelineItem, { kind: "message" | "sending" }> }): unknown;
    /** A file of a message. */
    attachment?(props: { file: ShownFile }): unknown;
    /** In place of the words for a dialog without messages. */
    "messages-empty"?(): unknown;
    /** Beside the composer's buttons. */
    "composer-actions"?(): unknown;
}
