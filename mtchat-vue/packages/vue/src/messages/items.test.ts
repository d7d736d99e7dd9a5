import { describe, expect, it } from "vitest";
import type { TimelineItem } from "../composables/types.js";
import { aMessage, anAttachment, anOutboxEntry, aSystemMessage } from "../testing/fixtures.js";
import { estimateHeight, filesOf, idOf, indexOfMessage, isSteady, timeOf } from "./items.js";
import { viewOf } from "./row-view.js";

const day: TimelineItem = { kind: "day", key: "day", at: "2026-11-24T00:00:00Z" };
const gap: TimelineItem = { kind: "gap", key: "gap", after: null, before: "x" };
const message = (more: Parameters<typeof aMessage>[0] = {}) =>
    ({ kind: "message", key: "m", message: aMessage(more), isOwn: false, isFirst: true, isLast: true }) as const;
const system: TimelineItem = { kind: "system", key: "s", message: aSystemMessage({}, { id: "s" }) };
const sending = { kind: "sending", key: "o", entry: anOutboxEntry({ id: "o" }), isFirst: true, isLast: true } as const;

describe("rows", () => {
    it.each<[TimelineItem, string | null]>([
        [day, null],
        [gap, null],
        [{ kind: "unread", key: "unread" }, null],
        [message({ id: "m" }), "m"],
        [system, "s"],
        [sending, "o"],
    ])("%# have the id of their message, and only those with one stay where they are", (item, id) => {
        expect(idOf(item)).toBe(id);
        expect(isSteady(item)).toBe(id !== null);
    });

    it("have a time", () => {
        expect(timeOf(day)).toBe("2026-11-24T00:00:00Z");
        expect(timeOf(sending)).toBe(sending.entry.sent_at);
        expect(timeOf(gap)).toBeNull();
    });

    it("are found by message", () => {
        expect(indexOfMessage([day, message({ id: "a" }), system], "s")).toBe(2);
        expect(indexOfMessage([day], "s")).toBe(-1);
    });

    it("have files in the order of the chat", () => {
        const [a, b, c] = [anAttachment(), anAttachment(), anAttachment()];
        expect(filesOf([day, message({ attachments: [a, b] }), system, message(), message({ attachments: [c] })])).toEqual([a, b, c]);
    });
});

describe("estimateHeight", () => {
    it("grows with what there is to show", () => {
        const short = estimateHeight(message({ content: "a" }));
        expect(estimateHeight(message({ content: "a".repeat(600) }))).toBeGreaterThan(short);
        expect(estimateHeight(message({ content: "a", reply_to_id: "x" }))).toBeGreaterThan(short);
        const picture = anAttachment({ content_type: "image/png", width: 300, height: 300 });
        expect(estimateHeight(message({ content: "a", attachments: [picture] }))).toBeGreaterThan(short + 299);
    });

    it("has a limit: of long messages only the beginning is shown", () => {
        expect(estimateHeight(message({ content: "a".repeat(1_000_000) }))).toBeLessThan(2_000);
    });
});

describe("viewOf", () => {
    it("is the same for a message on its way and when it is there", () => {
        const there = viewOf({ ...message({ id: "o", content: sending.entry.content, sender_id: "anna" }), isOwn: true }, "anna");
        const underWay = viewOf(sending, "anna");
        expect({ ...underWay, state: null, sentAt: null, message: null }).toEqual({ ...there, state: null, sentAt: null, message: null });
        expect([underWay.state, there.state]).toEqual(["sending", "there"]);
    });
});
