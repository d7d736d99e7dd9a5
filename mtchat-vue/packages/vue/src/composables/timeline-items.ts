import type { Row } from "@mtchat/client";
import type { TimelineItem } from "./types.js";

/** Messages of one sender that are no further apart belong together, in milliseconds. */
const TOGETHER = 5 * 60_000;

/** What of a row matters to its neighbours; `null` of gaps. */
interface Facts {
    readonly id: string;
    /** Who says it; `null`: the dialog itself. */
    readonly sender: string | null;
    /** Milliseconds since 1970. */
    readonly at: number;
    /** The day there is in this time zone, `2026-11-24`. */
    readonly day: string;
}

/** One's rows before a change, and what was made of them. */
interface Made {
    readonly rows: readonly Row[];
    readonly items: readonly TimelineItem[];
    /** How many items there are when a row is done, by row. */
    readonly ends: readonly number[];
    /** The newest day that has a divider then, by row. */
    readonly days: readonly string[];
    readonly unread: string | null;
}

const NOTHING: Made = { rows: [], items: [], ends: [], days: [], unread: null };

/**
 * Makes the items of a message list from the rows of a timeline: with dividers, and grouped by sender. An item stays the same object
 * while nothing about it is different, and what is before the first row that is different is not looked at again.
 */
export class TimelineItems {
    private made = NOTHING;
    private readonly facts = new WeakMap<Row, Facts | null>();
    private readonly items = new WeakMap<Row, TimelineItem>();
    /** Messages that began what was loaded: they keep their sender's name when earlier ones come, for without it all below would move. */
    private readonly beginnings = new Set<string>();

    constructor(private readonly me: string) {}

    /** The items of these rows, with a divider before the message `unread`. */
    of(rows: readonly Row[], unread: string | null): readonly TimelineItem[] {
        const { made } = this;
        if (rows === made.rows && unread === made.unread) return made.items;
        const from = unread === made.unread ? this.firstChanged(rows) : 0;
        const items = made.items.slice(0, made.ends[from - 1] ?? 0);
        const ends = made.ends.slice(0, from);
        const days = made.days.slice(0, from);
        for (let place = from; place < rows.length; place += 1) {
            days[place] = this.add(items, rows, place, days[place - 1] ?? "", unread);
            ends[place] = items.length;
        }
        this.made = { rows, items, ends, days, unread };
        return items;
    }

    /** Where to begin: the row before the first one that is different may have been the last of its group. */
    private firstChanged(rows: readonly Row[]): number {
        const before = this.made.rows;
        const most = Math.min(rows.length, before.length);
        let place = 0;
        while (place < most && rows[place] === before[place]) place += 1;
        return Math.max(0, place - 1);
    }

    /** Add what a row is, after the dividers that belong before it. The newest day with a divider comes back. */
    private add(items: TimelineItem[], rows: readonly Row[], place: number, day: string, unread: string | null): string {
        const row = rows[place]!;
        const facts = this.factsOf(row);
        if (facts === null) {
            items.push(this.gap(row));
            return day;
        }
        // A clock that is wrong never makes a day come twice.
        const isNewDay = facts.day > day;
        const isUnread = facts.id === unread;
        if (isNewDay) items.push({ kind: "day", key: `day:${facts.day}`, at: new Date(facts.at).toISOString() });
        if (isUnread) items.push({ kind: "unread", key: "unread" });
        const before = rows[place - 1];
        if (before !== undefined && "gap" in before) this.beginnings.add(facts.id);
        const isFirst = isNewDay || isUnread || this.beginnings.has(facts.id) || !this.belongs(before, row);
        const next = rows[place + 1];
        const isLast = next === undefined || this.begins(next, unread) || !this.belongs(row, next);
        items.push(this.item(row, isFirst, isLast));
        return isNewDay ? facts.day : day;
    }

    /** Whether a group begins with this row, whoever speaks before. */
    private begins(row: Row, unread: string | null): boolean {
        const id = this.factsOf(row)?.id;
        return id !== undefined && (id === unread || this.beginnings.has(id));
    }

    private belongs(row: Row | undefined, next: Row): boolean {
        const [one, other] = [row === undefined ? null : this.factsOf(row), this.factsOf(next)];
        if (one === null || other === null || one.sender === null) return false;
        return one.sender === other.sender && one.day === other.day && other.at - one.at <= TOGETHER;
    }

    private item(row: Row, isFirst: boolean, isLast: boolean): TimelineItem {
        const known = this.items.get(row);
        if (known !== undefined && (!("isFirst" in known) || (known.isFirst === isFirst && known.isLast === isLast))) return known;
        const made = this.make(row, isFirst, isLast);
        this.items.set(row, made);
        return made;
    }

    private make(row: Row, isFirst: boolean, isLast: boolean): TimelineItem {
        if ("sending" in row) return { kind: "sending", key: row.sending.id, entry: row.sending, isFirst, isLast };
        if ("gap" in row) return this.gap(row);
        const { message } = row;
        if (message.message_type === "system") return { kind: "system", key: message.id, message };
        return { kind: "message", key: message.id, message, isOwn: message.sender_id === this.me, isFirst, isLast };
    }

    private gap(row: Row): TimelineItem {
        const known = this.items.get(row);
        if (known !== undefined) return known;
        const { after, before } = "gap" in row ? row.gap : { after: null, before: null };
        const item: TimelineItem = { kind: "gap", key: `gap:${after ?? ""}:${before ?? ""}`, after, before };
        this.items.set(row, item);
        return item;
    }

    private factsOf(row: Row): Facts | null {
        let facts = this.facts.get(row);
        if (facts === undefined) this.facts.set(row, (facts = this.read(row)));
        return facts;
    }

    private read(row: Row): Facts | null {
        if ("gap" in row) return null;
        if ("sending" in row) {
            const { id, sent_at: at } = row.sending;
            return { id, sender: this.me, at, day: dayOf(at) };
        }
        const { id, sender_id, sent_at, message_type } = row.message;
        const at = Date.parse(sent_at);
        return { id, sender: message_type === "system" ? null : sender_id, at, day: dayOf(at) };
    }
}

/** The day of a moment in this time zone, so that later days are greater texts. */
function dayOf(at: number): string {
    const date = new Date(at);
    const part = (number: number, digits: number) => String(number).padStart(digits, "0");
    return `${part(date.getFullYear(), 4)}-${part(date.getMonth() + 1, 2)}-${part(date.getDate(), 2)}`;
}
