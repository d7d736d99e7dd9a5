import type { AttachmentView } from "@mtchat/client";
import type { TimelineItem } from "../composables/types.js";
import { imageBox } from "./image-box.js";

/** A row that one can act on and go to by keys. */
export type MessageItem = Extract<TimelineItem, { kind: "message" | "sending" }>;

export function isMessage(item: TimelineItem | undefined): item is MessageItem {
    return item?.kind === "message" || item?.kind === "sending";
}

/** The message in a row, if it has one. */
export function idOf(item: TimelineItem | undefined): string | null {
    if (item?.kind === "message" || item?.kind === "system") return item.message.id;
    return item?.kind === "sending" ? item.entry.id : null;
}

/** When what is in a row was; `null` for rows that are of no time. */
export function timeOf(item: TimelineItem | undefined): string | number | null {
    if (item?.kind === "day") return item.at;
    if (item?.kind === "message" || item?.kind === "system") return item.message.sent_at;
    return item?.kind === "sending" ? item.entry.sent_at : null;
}

/** Rows that stay with their neighbours when others come before them. Dividers and gaps move to where they belong then. */
export function isSteady(item: TimelineItem | undefined): boolean {
    return idOf(item) !== null;
}

export function indexOfMessage(items: readonly TimelineItem[], id: string): number {
    return items.findIndex((item) => idOf(item) === id);
}

/** All files of the chat as far as it is loaded, in order: the viewer goes through them. */
export function filesOf(items: readonly TimelineItem[]): readonly AttachmentView[] {
    return items.flatMap((item) => (item.kind === "message" ? (item.message.attachments ?? []) : []));
}

const estimates = new WeakMap<TimelineItem, number>();

/** About how high a row will be. The better the guess, the less there is to correct once it is measured. */
export function estimateHeight(item: TimelineItem | undefined): number {
    if (item === undefined) return 48;
    // It is asked for all rows whenever some are different.
    const known = estimates.get(item) ?? estimate(item);
    estimates.set(item, known);
    return known;
}

function estimate(item: TimelineItem): number {
    if (item.kind === "day" || item.kind === "unread") return 48;
    if (item.kind === "gap") return 56;
    if (item.kind === "system") return 36;
    if (!isMessage(item)) return 48;
    const content = item.kind === "message" ? item.message.content : item.entry.content;
    const text = content === "" ? 0 : Math.min(60, Math.ceil(content.length / 60) + blocksIn(content)) * 20;
    const reply = (item.kind === "message" ? item.message.reply_to_id : item.entry.reply_to) === null ? 0 : 52;
    const files = item.kind === "message" ? heightOfFiles(item.message.attachments ?? []) : (item.entry.attachments?.length ?? 0) * 60;
    return text + reply + files + 28 + (item.isFirst ? 24 : 0) + (item.isLast ? 8 : 0);
}

function blocksIn(content: string): number {
    return content.length > 4_000 ? 0 : (content.match(/<(?:p|br|li)\b/giu)?.length ?? 0);
}

function heightOfFiles(files: readonly AttachmentView[]): number {
    const images = files.filter((file) => file.content_type.startsWith("image/"));
    const rest = (files.length - images.length) * 60;
    const [first] = images;
    if (first === undefined) return rest;
    return rest + (images.length === 1 ? imageBox(first.width, first.height).height : Math.ceil(images.length / 2) * 156);
}
