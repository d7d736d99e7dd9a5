import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { aDialog, aMessage, aParticipant, anAttachment } from "../testing/fixtures.js";
import { StoryClient } from "../testing/story-client.js";
import { type Stage, stage } from "./mounting.js";
import Overlays from "./Overlays.vue";

let shown: Stage;
function show(client = new StoryClient()): void {
    shown = stage(Overlays, { client });
}
afterEach(() => shown.wrapper.unmount());

/** Each kind is loaded when it is asked for. */
const shows = (text: string) => vi.waitFor(() => expect(shown.wrapper.text()).toContain(text), { timeout: 10_000, interval: 5 });

describe("what is shown over the chat", () => {
    it("is nothing at first", () => {
        show();
        expect(shown.wrapper.find("dialog").exists()).toBe(false);
    });

    it.each([
        ["readers", () => shown.overlays.readers(aMessage({ dialog_id: "d" })), "Who has read it"],
        ["history", () => shown.overlays.history(aMessage({ dialog_id: "d" })), "Earlier versions"],
        ["join", () => shown.overlays.join(aDialog({ id: "d", i_am_participant: false })), "Join the chat"],
        ["viewer", () => shown.overlays.viewer([anAttachment({ filename: "scan.zip", content_type: "application/zip" })]), "scan.zip"],
    ])("is what was asked for: %s", async (_kind, ask, text) => {
        show(new StoryClient({ participants: new Map([["d", [aParticipant({ user_id: "anna" })]]]) }));
        ask();
        await shows(text);
    });

    it("tells who has joined, and goes", async () => {
        show();
        const available = aDialog({ id: "e", i_am_participant: false });
        shown.client.set({ available: [available] });
        shown.overlays.join(available);
        await shows("Join the chat");
        await shown.wrapper.get("form").trigger("submit");
        await flushPromises();
        expect(shown.panel.emitted("joined")).toEqual([["e"]]);
        expect(shown.overlays.current.value).toBeNull();
    });
});

describe("a question", () => {
    const ask = () => shown.overlays.confirm({ title: "Delete it?", text: "It is gone for good.", confirmLabel: "Delete", danger: true });

    it.each([
        [".mtchat-confirm__yes", true],
        [".mtchat-confirm__no", false],
        [".mtchat-dialog__close", false],
    ])("is answered by %s with %s", async (button, yes) => {
        show();
        const answer = ask();
        await flushPromises();
        expect(shown.wrapper.text()).toContain("It is gone for good.");
        await shown.wrapper.get(button).trigger("click");
        expect(await answer).toBe(yes);
        await flushPromises();
        expect(shown.wrapper.find("dialog").exists()).toBe(false);
    });

    it("stands over what is shown, which stays", async () => {
        show();
        shown.overlays.join(aDialog({ id: "e", i_am_participant: false }));
        await shows("Join the chat");
        const answer = ask();
        await flushPromises();
        await shown.wrapper.get(".mtchat-confirm__no").trigger("click");
        expect(await answer).toBe(false);
        expect(shown.overlays.current.value?.kind).toBe("join");
    });

    it("begins at «cancel», and gives the focus back to whoever asked", async () => {
        show();
        const opener = document.createElement("button");
        document.body.append(opener);
        opener.focus();
        const answer = ask();
        await flushPromises();
        expect(document.activeElement?.className).toContain("mtchat-confirm__no");
        (document.activeElement as HTMLElement).click();
        await answer;
        await flushPromises();
        expect(document.activeElement).toBe(opener);
        opener.remove();
    });
});
