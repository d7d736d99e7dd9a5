import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ref } from "vue";
import { aMessage } from "../testing/fixtures.js";
import { type Answers, inScope, StoryClient, storyChat } from "../testing/story-client.js";
import { useComposer } from "./composer.js";

const d = "d";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function composerOf(answers: Answers = {}, drafts: ReadonlyMap<string, string> = new Map()) {
    const client = new StoryClient({ drafts }, answers);
    const id = ref<string | null>(d);
    return { client, id, composer: inScope(() => useComposer(id, storyChat(client))) };
}

describe("a draft", () => {
    it("is kept a moment after the last key", () => {
        const { client, composer } = composerOf();
        composer.setDraft("<p>a</p>");
        vi.advanceTimersByTime(200);
        composer.setDraft("<p>ab</p>");
        vi.advanceTimersByTime(299);
        expect(client.wanted("draft")).toEqual([]);
        vi.advanceTimersByTime(1);
        expect(client.wanted("draft")).toEqual([[d, "<p>ab</p>"]]);
    });

    it("is kept at once in its dialog when another one is opened, or none", () => {
        const { client, id, composer } = composerOf({}, new Map([["other", "<p>there</p>"]]));
        composer.setDraft("<p>here</p>");
        id.value = "other";
        expect([client.wanted("draft"), composer.draft.value]).toEqual([[[d, "<p>here</p>"]], "<p>there</p>"]);
        composer.setDraft("<p>more</p>");
        composer.stop();
        expect(client.wanted("draft")).toEqual([[d, "<p>here</p>"], ["other", "<p>more</p>"]]);
    });

    it("from before is there, also where it comes later, but never over what one writes", () => {
        const { client, composer } = composerOf();
        client.set({ drafts: new Map([[d, "<p>kept</p>"]]) });
        expect(composer.draft.value).toBe("<p>kept</p>");
        composer.setDraft("<p>mine</p>");
        client.set({ drafts: new Map([[d, "<p>late</p>"]]) });
        expect(composer.draft.value).toBe("<p>mine</p>");
    });

    it("of nothing to see is none", () => {
        const { client, composer } = composerOf({}, new Map([[d, "<p>x</p>"]]));
        composer.setDraft("<p><br>&nbsp;</p>");
        composer.stop();
        expect([composer.draft.value, client.wanted("draft")]).toEqual(["", [[d, ""]]]);
    });
});

describe("sending", () => {
    it("empties the field at once, and the message has its id", async () => {
        const { client, composer } = composerOf({ send: async () => "m1" });
        composer.setDraft("<p>Hi</p>");
        const sent = composer.submit();
        expect([composer.draft.value, composer.isSending.value]).toEqual(["", true]);
        expect(await sent).toBe("m1");
        expect(composer.isSending.value).toBe(false);
        expect(client.wanted("send")).toEqual([[d, "<p>Hi</p>", { attachments: [] }]]);
        vi.runAllTimers();
        expect(client.wanted("draft")).toEqual([]);
    });

    it("needs a text or a file", async () => {
        const { client, composer } = composerOf();
        expect(await composer.submit()).toBeNull();
        composer.setDraft("<p> </p>");
        expect(await composer.submit()).toBeNull();
        const file = { s3_key: "k", filename: "a.pdf", content_type: "application/pdf", size: 1 };
        await composer.submit([file]);
        expect(client.wanted("send")).toEqual([[d, "", { attachments: [file] }]]);
    });

    it("an answer names what it answers, and the next one does not", async () => {
        const { client, composer } = composerOf();
        const message = aMessage();
        composer.replyTo(message);
        composer.setDraft("Yes");
        await composer.submit();
        expect(composer.mode.value).toEqual({ kind: "new" });
        composer.setDraft("And");
        await composer.submit();
        expect(client.wanted("send").map(([, , options]) => options)).toEqual([{ attachments: [], replyTo: message.id }, { attachments: [] }]);
    });

    it("that can not be kept brings back what was written", async () => {
        const message = aMessage();
        const { composer } = composerOf({ send: () => Promise.reject(new Error("full")) });
        composer.replyTo(message);
        composer.setDraft("Hi");
        await expect(composer.submit()).rejects.toThrow("full");
        expect([composer.draft.value, composer.mode.value.kind, composer.error.value?.message, composer.isSending.value]).toEqual(["Hi", "reply", "full", false]);
        composer.cancel();
        expect(composer.error.value).toBeNull();
    });

    it("tells nothing to a dialog that was opened meanwhile", async () => {
        let fail: (error: Error) => void = () => undefined;
        const { id, composer } = composerOf({ send: () => new Promise((_, reject) => (fail = reject)) });
        composer.setDraft("Hi");
        const sent = composer.submit();
        id.value = "other";
        expect(composer.isSending.value).toBe(false);
        fail(new Error("late"));
        await expect(sent).rejects.toThrow("late");
        expect([composer.error.value, composer.draft.value, composer.isSending.value]).toEqual([null, "", false]);
    });
});

describe("editing", () => {
    it("puts the draft aside and brings it back", () => {
        const { client, composer } = composerOf();
        composer.setDraft("<p>draft</p>");
        composer.edit(aMessage({ content: "<p>old</p>" }));
        expect(composer.draft.value).toBe("<p>old</p>");
        composer.setDraft("<p>new</p>");
        vi.runAllTimers();
        expect(client.wanted("draft")).toEqual([[d, "<p>draft</p>"]]);
        composer.cancel();
        expect([composer.draft.value, composer.mode.value.kind]).toEqual(["<p>draft</p>", "new"]);
    });

    it("saves, and then the draft is there again", async () => {
        const { client, composer } = composerOf();
        const message = aMessage();
        composer.setDraft("draft");
        composer.edit(message);
        composer.setDraft("new");
        expect(await composer.submit()).toBeNull();
        expect([client.wanted("edit"), client.wanted("send")]).toEqual([[[d, message.id, "new"]], []]);
        expect([composer.draft.value, composer.mode.value.kind]).toEqual(["draft", "new"]);
    });

    it("that fails stays open with what was written", async () => {
        const { composer } = composerOf({ edit: () => Promise.reject(new Error("no")) });
        composer.edit(aMessage());
        composer.setDraft("new");
        await expect(composer.submit()).rejects.toThrow("no");
        expect([composer.draft.value, composer.mode.value.kind, composer.error.value?.message]).toEqual(["new", "edit", "no"]);
    });

    it("into nothing does nothing", async () => {
        const { client, composer } = composerOf();
        composer.edit(aMessage());
        composer.setDraft("");
        await composer.submit();
        expect([client.wanted("edit"), composer.mode.value.kind]).toEqual([[], "edit"]);
    });

    it("ends with the dialog", () => {
        const { id, composer } = composerOf();
        composer.edit(aMessage());
        id.value = "other";
        expect([composer.draft.value, composer.mode.value.kind]).toEqual(["", "new"]);
    });
});

describe("typing", () => {
    it("is told, but not of an edit", () => {
        const { client, composer } = composerOf();
        composer.typed();
        composer.edit(aMessage());
        composer.typed();
        expect(client.wanted("typing")).toEqual([[d]]);
    });
});
