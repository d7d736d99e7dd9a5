import type { DialogItemView } from "@mtchat/client";
import type { DialogFilter, ObjectRef } from "./types.js";

/** Which dialogs are wanted. */
export interface Wish {
    readonly object: ObjectRef | null;
    /** Without blanks around it; empty: any. */
    readonly search: string;
    readonly filter: DialogFilter;
}

/** Whether a dialog is of the wanted object and has what is searched, after the same rule as the server's. */
export function isFound(dialog: DialogItemView, { object, search }: Wish): boolean {
    if (object !== null && (dialog.object_type !== object.type || dialog.object_id !== object.id)) return false;
    if (search === "") return true;
    const text = search.toLowerCase();
    const has = (value: string | null | undefined) => value?.toLowerCase().includes(text) === true;
    return has(dialog.title) || dialog.participants.some(({ company }) => has(company));
}

/** Whether a dialog passes the filter. Of mentions only the last message is known. */
export function passes(dialog: DialogItemView, filter: DialogFilter, me: string): boolean {
    if (filter === "all") return true;
    if ((dialog.unread_count ?? 0) === 0) return false;
    return filter === "unread" || mentions(dialog.last_message?.content ?? "", me);
}

/** Whether somebody is mentioned in the HTML of a message, as the server writes mentions. */
function mentions(html: string, user: string): boolean {
    if (!html.includes("mention")) return false;
    const escaped = user.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    return [user, escaped].some((id) => html.includes(`data-id="${id}"`) || html.includes(`data-mention="${id}"`));
}
