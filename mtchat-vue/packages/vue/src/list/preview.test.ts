import { describe, expect, it } from "vitest";
import { aDialog, anId, at, PEOPLE } from "../testing/fixtures.js";
import { draftOf, mentions, previewOf } from "./preview.js";

const ANNA = PEOPLE.anna.id;

function said(content: string, sender: string | null = PEOPLE.jonas.id, sender_name: string | null = "Jonas Brandt") {
    const system = sender === null;
    return aDialog({ last_message: { id: anId(), content, sender_id: sender, sender_name, sent_at: at(0), message_type: system ? "system" : "user" } });
}

describe("the preview of a dialog", () => {
    it("says the sender's company and the text without tags", () => {
        expect(previewOf(said("<p>The <b>container</b> is here &amp; sealed</p>"), ANNA)).toEqual({
            kind: "text",
            from: "Altona Logistik",
            text: "The container is here & sealed",
        });
    });

    it("knows one's own messages", () => {
        expect(previewOf(said("Thanks", ANNA), ANNA)).toEqual({ kind: "text", from: null, text: "Thanks" });
    });

    it("says the name of whoever has no company or has left", () => {
        expect(previewOf(said("Hello", "gone", "Greta"), ANNA)).toMatchObject({ from: "Greta" });
        expect(previewOf(said("Hello", "gone", null), ANNA)).toMatchObject({ from: "" });
    });

    it.each(["", "<p></p>", "<p> </p>\n"])("is an attachment where there is no text: %j", (content) => {
        expect(previewOf(said(content), ANNA)).toEqual({ kind: "attachment", from: "Altona Logistik" });
    });

    it("is one line", () => {
        expect(previewOf(said("<p>One</p><p>Two</p><ul><li>Three</li></ul>"), ANNA)).toMatchObject({ text: "One Two • Three" });
    });

    it("never shows what somebody wrote as anything but text", () => {
        expect(previewOf(said("&lt;img src=x onerror=alert(1)&gt;"), ANNA)).toMatchObject({ text: "<img src=x onerror=alert(1)>" });
        expect(previewOf(said("<script>alert(1)</script>hi"), ANNA)).toMatchObject({ text: "hi" });
    });

    it("reads only the beginning of a long message, and breaks no character", () => {
        const preview = previewOf(said("🚢".repeat(25_000)), ANNA);
        expect(preview).toMatchObject({ kind: "text", text: `${"🚢".repeat(200)}…` });
    });

    it("has nothing before the first message", () => {
        expect(previewOf(aDialog({ last_message: null }), ANNA)).toEqual({ kind: "none" });
    });
});

describe("what a dialog itself says", () => {
    it.each([
        [{ event: "chat_created", participants: [{ name: "Anna" }] }, { kind: "created" }],
        [{ event: "participant_joined", name: "Carol", company: "Acme" }, { kind: "joined", name: "Carol" }],
        [{ event: "participant_left", name: "Carol" }, { kind: "left", name: "Carol" }],
        [{ event: "host_message", text: "Your order\nhas left" }, { kind: "notice", text: "Your order has left" }],
        [{ event: "card", title: "Paid", text: "Paid\nAmount: 7 EUR" }, { kind: "notice", text: "Paid" }],
        [{ event: "of_later", text: "Something new" }, { kind: "notice", text: "Something new" }],
    ])("%j", (event, preview) => {
        expect(previewOf(said(JSON.stringify(event), null), ANNA)).toEqual(preview);
    });

    it.each(["not JSON", "[1]", "null", '{"event":"participant_joined"}'])("shows what it does not know as it is: %s", (content) => {
        expect(previewOf(said(content, null), ANNA)).toEqual({ kind: "notice", text: content });
    });
});

describe("drafts", () => {
    it.each([
        [undefined, ""],
        ["", ""],
        ["<p></p>", ""],
        ["<p>Dear <b>colleagues</b>,</p><p>we</p>", "Dear colleagues, we"],
    ])("%j → %j", (html, text) => {
        expect(draftOf(html)).toBe(text);
    });
});

describe("mentions", () => {
    const span = (id: string) => `Hi <span data-type="mention" data-id="${id}" data-label="X" class="mtchat-mention">@X</span>`;

    it.each([
        [span("anna"), "anna", true],
        [span("annabel"), "anna", false],
        [`<span data-mention="anna">@Anna</span>`, "anna", true],
        [span("a&amp;b"), "a&b", true],
        ["anna, data-id=anna", "anna", false],
        ["", "anna", false],
    ])("%s", (content, user, isMentioned) => {
        expect(mentions(content, user)).toBe(isMentioned);
    });
});
