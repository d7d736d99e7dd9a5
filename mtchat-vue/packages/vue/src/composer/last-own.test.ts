import { describe, expect, it } from "vitest";
import { anItem } from "./fixture.js";
import { lastOwnMessage } from "./last-own.js";

describe("the message that ↑ edits", () => {
    it("is the newest of one's own", () => {
        const items = [anItem({ id: "1", content: "a" }), anItem({ id: "2", content: "b" }), anItem({ id: "3", content: "c" }, false)];
        expect(lastOwnMessage(items)?.id).toBe("2");
    });

    it("has a text", () => {
        expect(lastOwnMessage([anItem({ id: "1", content: "a" }), anItem({ id: "2", content: "" })])?.id).toBe("1");
    });

    it("is none where one has not written", () => {
        expect(lastOwnMessage([{ kind: "unread", key: "unread" }, anItem({}, false)])).toBeNull();
    });
});
