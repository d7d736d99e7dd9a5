import type { DialogItemView } from "@mtchat/client";
import { escapeHtml, plainText } from "../html/text.js";

/** What a row says of a dialog's last message, before it is put into the reader's language. */
export type Preview =
    | { readonly kind: "none" }
    /** `from`: `null` for oneself. */
    | { readonly kind: "text"; readonly from: string | null; readonly text: string }
    /** A message that has files and no text. */
    | { readonly kind: "attachment"; readonly from: string | null }
    | { readonly kind: "created" }
    | { readonly kind: "joined" | "left"; readonly name: string }
    /** What the dialog itself says. */
    | { readonly kind: "notice"; readonly text: string };

/** More than this no row can show. */
const SHOWN = 200;
/** A message may have 50,000 characters; its beginning is enough, also with many tags. */
const READ = 4_000;

/** The last message of a dialog in one line. */
export function previewOf(dialog: Pick<DialogItemView, "last_message" | "participants">, me: string): Preview {
    const last = dialog.last_message;
    if (!last) return { kind: "none" };
    if (last.message_type === "system") return systemPreview(last.content);
    const sender = last.sender_id ?? null;
    const company = dialog.participants.find((participant) => participant.user_id === sender)?.company?.trim();
    const from = sender !== null && sender === me ? null : company || last.sender_name?.trim() || "";
    const text = firstLine(last.content);
    return text === "" ? { kind: "attachment", from } : { kind: "text", from, text };
}

/** A draft in one line; empty: nothing was written. */
export function draftOf(html: string | undefined): string {
    return html ? firstLine(html) : "";
}

/** Whether a message's HTML mentions a user. */
export function mentions(content: string, user: string): boolean {
    const spellings = new Set([user, escapeHtml(user)]);
    for (const [, id] of content.matchAll(/\sdata-(?:id|mention)="([^"]*)"/gu)) {
        if (id !== undefined && spellings.has(id)) return true;
    }
    return false;
}

function firstLine(html: string): string {
    const text = plainText(html.slice(0, READ));
    return text.length > SHOWN ? `${[...text.slice(0, SHOWN * 2)].slice(0, SHOWN).join("")}…` : text;
}

function systemPreview(content: string): Preview {
    const event = parsed(content);
    if (event?.event === "chat_created") return { kind: "created" };
    if (event?.event === "participant_joined" || event?.event === "participant_left") {
        const name = [event.name, event.company].find((word) => typeof word === "string" && word.trim() !== "");
        if (typeof name === "string") return { kind: event.event === "participant_left" ? "left" : "joined", name };
    }
    const words = event && [event.title, event.text].find((word) => typeof word === "string" && word.trim() !== "");
    // Plain text, never HTML; events of later servers carry something to read in it, or are shown as they are.
    return { kind: "notice", text: (typeof words === "string" ? words : content).replace(/\s+/gu, " ").trim().slice(0, SHOWN) };
}

function parsed(content: string): Record<string, unknown> | null {
    try {
        const value: unknown = JSON.parse(content);
        return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
    } catch {
        return null;
    }
}
