import { describe, expect, it } from "vitest";
import { aMessage, anOutboxEntry } from "../testing/fixtures.js";
import type { MessageItem } from "./items.js";
import { actionsOf, type Rights } from "./menu-items.js";

const message = (isOwn: boolean, more: Parameters<typeof aMessage>[0] = {}): MessageItem => ({
    kind: "message",
    key: "k",
    message: aMessage(more),
    isOwn,
    isFirst: true,
    isLast: true,
});
const sending = (more: Parameters<typeof anOutboxEntry>[0] = {}): MessageItem => ({ kind: "sending", key: "k", entry: anOutboxEntry(more), isFirst: true, isLast: true });

const MEMBER: Rights = { mayWrite: true, mayReact: true, isModerator: false };
const READER: Rights = { mayWrite: false, mayReact: true, isModerator: false };
const MODERATOR: Rights = { mayWrite: true, mayReact: true, isModerator: true };
const FROZEN: Rights = { mayWrite: false, mayReact: false, isModerator: false };

describe("actionsOf", () => {
    it.each<[string, MessageItem, Rights, string]>([
        ["of others", message(false), MEMBER, "reply react copy readers"],
        ["of one's own", message(true), MEMBER, "reply react copy edit readers remove"],
        ["that was edited", message(true, { last_edited_at: "2026-11-24T12:00:00Z" }), MEMBER, "reply react copy edit readers history remove"],
        ["of others, by a moderator", message(false), MODERATOR, "reply react copy readers remove"],
        ["where one may only read", message(true), READER, "react copy readers"],
        ["where the chat is closed", message(true), FROZEN, "copy readers"],
        ["without a text", message(false, { content: "" }), MEMBER, "reply react readers"],
        ["on its way", sending(), MEMBER, "copy"],
        ["that was not taken", sending({ state: { failed: "FORBIDDEN" } }), MEMBER, "retry copy discard"],
    ])("a message %s", (_, item, rights, actions) => {
        expect(actionsOf(item, rights).join(" ")).toBe(actions);
    });
});
