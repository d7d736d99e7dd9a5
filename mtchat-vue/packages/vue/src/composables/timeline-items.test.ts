import type { Row } from "@mtchat/client";
import { describe, expect, it } from "vitest";
import { aMessage, anOutboxEntry, aSystemMessage, at, PEOPLE, rowsOf, STORY_TIME } from "../testing/fixtures.js";
import { TimelineItems } from "./timeline-items.js";
import type { TimelineItem } from "./types.js";

const me = PEOPLE.anna.id;

/** The items in short: `m1` is first and last of its group, `<m1` first, `m1>` last, `-m1-` between. */
function short(items: readonly TimelineItem[]): string {
    const one = (item: TimelineItem) => {
        if (!("isFirst" in item)) return item.kind;
        const own = item.kind === "sending" || item.isOwn ? "me" : "other";
        return `${item.isFirst ? "<" : "-"}${item.kind === "sending" ? "sending" : own}${item.isLast ? ">" : "-"}`;
    };
    return items.map(one).join(" ");
}

const others = (minutes: number, more = {}) => aMessage({ sent_at: at(minutes), ...more });
const mine = (minutes: number) => aMessage({ sender_id: me, sent_at: at(minutes) });
const itemsOf = (rows: readonly Row[], unread: string | null = null) => new TimelineItems(me).of(rows, unread);

describe("the items of a timeline", () => {
    it.each<[string, readonly Row[], string]>([
        ["one message", rowsOf(others(0)), "day <other>"],
        ["several of one sender within five minutes", rowsOf(others(0), others(5), others(10)), "day <other- -other- -other>"],
        ["one that comes later", rowsOf(others(0), others(5.1)), "day <other> <other>"],
        ["two senders", rowsOf(others(0), mine(1), mine(2)), "day <other> <me- -me>"],
        ["a system message between", rowsOf(others(0), aSystemMessage(undefined, { sent_at: at(1) }), others(2)), "day <other> system <other>"],
        ["a gap between", rowsOf(others(0), "gap", others(2)), "day <other> gap <other>"],
        ["another day", rowsOf(others(0), others(24 * 60)), "day <other> day <other>"],
        ["one's own on its way", rowsOf(mine(0), anOutboxEntry({ sent_at: STORY_TIME + 60_000 })), "day <me- -sending>"],
        ["a gap at the beginning", rowsOf("gap", others(0)), "gap day <other>"],
        ["nothing", [], ""],
    ])("of %s", (_, rows, expected) => {
        expect(short(itemsOf(rows))).toBe(expected);
    });

    it("divide what is unread, and no group goes across", () => {
        const rows = rowsOf(others(0), others(1), others(2));
        const second = "message" in rows[1]! ? rows[1].message.id : "";
        expect(short(itemsOf(rows, second))).toBe("day <other> unread <other- -other>");
    });

    it("have no day twice, whatever a clock says", () => {
        const rows = rowsOf(others(0), others(24 * 60), anOutboxEntry({ sent_at: STORY_TIME }), anOutboxEntry({ sent_at: STORY_TIME + 86_400_000 }));
        const keys = itemsOf(rows).map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
    });

    it("have days of this time zone", () => {
        const midnight = new Date(2026, 10, 25).getTime();
        const rows = [-1, 1].map((seconds) => ({ message: aMessage({ sent_at: new Date(midnight + seconds * 1000).toISOString() }) }));
        expect(itemsOf(rows).map(({ key }) => key).filter((key) => key.startsWith("day"))).toEqual(["day:2026-11-24", "day:2026-11-25"]);
    });

    it("keep their key from on its way to there", () => {
        const entry = anOutboxEntry();
        const before = itemsOf(rowsOf(entry)).at(-1)!;
        const after = itemsOf(rowsOf(aMessage({ id: entry.id, sender_id: me }))).at(-1)!;
        expect([before.kind, after.kind, after.key]).toEqual(["sending", "message", before.key]);
    });
});

describe("what changes", () => {
    const long = rowsOf(...Array.from({ length: 10_000 }, (_, place) => others(place, { sender_id: `user-${place % 7}` })));

    it("leaves everything else the same object", () => {
        const maker = new TimelineItems(me);
        const before = maker.of(long, null);
        const after = maker.of([...long, ...rowsOf(others(10_000))], null);
        expect(after.slice(0, before.length - 1).every((item, place) => item === before[place])).toBe(true);
        expect(after).toHaveLength(before.length + 1);
    });

    it("takes the end from what was the last of its group", () => {
        const maker = new TimelineItems(me);
        const rows = rowsOf(others(0));
        expect(short(maker.of(rows, null))).toBe("day <other>");
        expect(short(maker.of([...rows, ...rowsOf(others(1))], null))).toBe("day <other- -other>");
        expect(short(maker.of(rows, null))).toBe("day <other>");
    });

    it("is the same as what is made at once, whatever it is", () => {
        const maker = new TimelineItems(me);
        let rows: readonly Row[] = long.slice(0, 60);
        const random = (() => {
            let seed = 7;
            return (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
        })();
        for (let round = 0; round < 200; round += 1) {
            const from = random(rows.length + 1);
            const added = Array.from({ length: random(3) }, () => rowsOf(random(5) === 0 ? aSystemMessage() : others(random(3_000)))[0]!);
            rows = [...rows.slice(0, from), ...added, ...rows.slice(from + random(3))];
            const some = rows[random(Math.max(1, rows.length))];
            const unread = round % 20 < 10 || some === undefined || !("message" in some) ? null : some.message.id;
            expect(maker.of(rows, unread)).toEqual(itemsOf(rows, unread));
        }
    });

    it("leaves the name where a page began when the one before comes", () => {
        const maker = new TimelineItems(me);
        const page = rowsOf(others(3), others(4));
        const before = maker.of([...rowsOf("gap"), ...page], null);
        const after = maker.of([...rowsOf(others(1), others(2)), ...page], null);
        expect(short(after)).toBe("day <other- -other> <other- -other>");
        expect(after.slice(-2)).toEqual(before.slice(-2));
        expect(after.at(-2)).toBe(before.at(-2));
    });

    it("nothing makes nothing", () => {
        const maker = new TimelineItems(me);
        expect(maker.of(long, null)).toBe(maker.of(long, null));
    });

    it("is little work at the end of a long list", () => {
        const maker = new TimelineItems(me);
        let rows: readonly Row[] = long;
        maker.of(rows, null);
        const read: string[] = [];
        for (let round = 0; round < 10; round += 1) {
            const row = { get message() { read.push("message"); return added; } };
            const added = others(10_000 + round);
            rows = [...rows, row];
            maker.of(rows, null);
        }
        // Each new row is read a few times, and never again when others come.
        expect(read.length).toBeLessThan(100);
    });
});
