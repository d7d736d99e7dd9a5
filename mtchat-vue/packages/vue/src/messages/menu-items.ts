import type { I18n } from "../i18n/index.js";
import type { MenuItem } from "../primitives/types.js";
import type { MessageItem } from "./items.js";

/** What can be done with a message. */
export type MessageAction = "reply" | "react" | "copy" | "edit" | "readers" | "history" | "remove" | "retry" | "discard";

/** What of it the reader may do here. */
export interface Rights {
    /** Write in the chat. */
    readonly mayWrite: boolean;
    readonly mayReact: boolean;
    /** Delete other people's messages. */
    readonly isModerator: boolean;
}

/** What can be done with this message by this reader, in the order of the menu. */
export function actionsOf(item: MessageItem, { mayWrite, mayReact, isModerator }: Rights): readonly MessageAction[] {
    const has = (wanted: boolean, action: MessageAction) => (wanted ? [action] : []);
    if (item.kind === "sending") {
        const hasFailed = typeof item.entry.state === "object";
        return [...has(hasFailed, "retry"), ...has(item.entry.content !== "", "copy"), ...has(hasFailed, "discard")];
    }
    const { message, isOwn } = item;
    return [
        ...has(mayWrite, "reply"),
        ...has(mayReact, "react"),
        ...has(message.content !== "", "copy"),
        ...has(isOwn && mayWrite, "edit"),
        "readers",
        ...has(message.last_edited_at !== null, "history"),
        ...has((isOwn && mayWrite) || isModerator, "remove"),
    ];
}

const ICONS = {
    remove: "x-circle",
    reply: "reply",
    react: "smile",
    copy: "copy",
    edit: "edit",
    readers: "eye",
    history: "history",
    retry: "reset",
    discard: "x-circle",
} as const;

/** The same as a menu. */
export function menuOf(actions: readonly MessageAction[], t: I18n["t"], run: (action: MessageAction) => void): MenuItem[] {
    return actions.flatMap((action) => {
        const danger = action === "remove" || action === "discard";
        const item: MenuItem = { label: t(`messages.${action}`), icon: ICONS[action], danger, command: () => run(action) };
        return danger && actions.length > 1 ? [{ separator: true }, item] : [item];
    });
}
