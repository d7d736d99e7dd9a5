import type { SearchHit, SearchPage } from "@mtchat/client";
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StoryClient } from "../testing/story-client.js";
import { type Stage, stage } from "./mounting.js";
import SearchPanel from "./SearchPanel.vue";

let shown: Stage;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
    shown.wrapper.unmount();
    vi.useRealTimers();
});

function hit(id: string, snippet = `about <mark>delay</mark> ${id}`): SearchHit {
    return {
        message: { id, dialog_id: "d", sender_id: "jonas", sent_at: "2026-11-20T10:00:00Z", seq: 1 },
        snippet,
        dialog: { id: "d", title: null, object_type: "order", object_id: "1" },
        rank: 0.5,
    };
}

function show(...pages: (SearchPage | Error)[]): void {
    const search = vi.fn(async () => {
        const page = pages.shift() ?? { results: [] };
        if (page instanceof Error) throw page;
        return page;
    });
    shown = stage(SearchPanel, { client: new StoryClient({}, { search }) });
}

const field = () => shown.wrapper.get("input");
const options = () => shown.wrapper.findAll("[role='option']");
const chosen = () => options().findIndex((option) => option.attributes("aria-selected") === "true");
const jumps = () => shown.panel.emitted("jump")?.flat() ?? [];

async function type(text: string): Promise<void> {
    await field().setValue(text);
    await vi.advanceTimersByTimeAsync(310);
    await flushPromises();
}

describe("the search in a chat", () => {
    it("has the focus, and says what it is for", () => {
        show();
        expect(document.activeElement).toBe(field().element);
        expect(shown.wrapper.text()).toContain("Find messages of this chat by their words");
    });

    it("asks once, after a pause, in this chat only", async () => {
        show({ results: [hit("m1")] });
        for (const text of ["d", "de", "delay"]) await field().setValue(text);
        await vi.advanceTimersByTimeAsync(310);
        expect(shown.client.wanted("search")).toEqual([[{ text: "delay", dialog: "d" }]]);
    });

    it("shows who wrote what was found, when, and the words", async () => {
        show({ results: [hit("m1")] });
        await type("delay");
        expect(options()[0]!.text()).toContain("Altona Logistik — Jonas Brandt");
        expect(options()[0]!.get("mark").text()).toBe("delay");
        expect(options()[0]!.get("time").text()).toMatch(/November 20/u);
    });

    it("shows a snippet as text, whatever is in it", async () => {
        show({ results: [hit("m1", "<img src=x onerror=alert(1)>&lt;b&gt; <mark>delay</mark>")] });
        await type("delay");
        expect(options()[0]!.find("img, b").exists()).toBe(false);
        expect(options()[0]!.text()).toContain("<b> delay");
    });

    it("says that there is nothing", async () => {
        show({ results: [] });
        await type("delay");
        expect(shown.wrapper.text()).toContain("No messages with these words");
    });

    it("goes on behind empty pages before it says so", async () => {
        show({ results: [], next_cursor: "1" }, { results: [], next_cursor: "2" }, { results: [hit("m1")] });
        await type("delay");
        await flushPromises();
        expect(options()).toHaveLength(1);
        expect(shown.client.wanted("search")).toHaveLength(3);
    });

    it("says that it failed, and tries again", async () => {
        show(new Error("no"), { results: [hit("m1")] });
        await type("delay");
        expect(shown.wrapper.get("[role='alert']").text()).toContain("The search did not work");
        await shown.wrapper.get("[role='alert'] button").trigger("click");
        await vi.advanceTimersByTimeAsync(310);
        await flushPromises();
        expect(options()).toHaveLength(1);
    });

    it("loads more when asked", async () => {
        show({ results: [hit("m1")], next_cursor: "1" }, { results: [hit("m2")] });
        await type("delay");
        await shown.wrapper.findAll("button").find((button) => button.text() === "Load more")!.trigger("click");
        await flushPromises();
        expect(options()).toHaveLength(2);
        expect(shown.wrapper.text()).not.toContain("Load more");
    });

    it("tells how many were found", async () => {
        show({ results: [hit("m1"), hit("m2")] });
        await type("delay");
        expect(shown.wrapper.get("[role='status']").text()).toBe("2 messages found");
    });

    it("is emptied by its button, and keeps the focus", async () => {
        show({ results: [hit("m1")] });
        await type("delay");
        await shown.wrapper.get("[title='Clear']").trigger("click");
        expect(field().element.value).toBe("");
        expect(options()).toHaveLength(0);
        expect(document.activeElement).toBe(field().element);
    });
});

describe("the search, by keyboard", () => {
    const press = (key: string) => field().trigger("keydown", { key });

    it("chooses by arrows, around the ends, and jumps by Enter", async () => {
        show({ results: [hit("m1"), hit("m2")] });
        await type("delay");
        expect(chosen()).toBe(-1);
        await press("ArrowDown");
        expect(chosen()).toBe(0);
        expect(field().attributes("aria-activedescendant")).toBe(options()[0]!.attributes("id"));
        await press("ArrowDown");
        await press("ArrowDown");
        expect(chosen()).toBe(0);
        await press("ArrowUp");
        expect(chosen()).toBe(1);
        await press("Enter");
        expect(jumps()).toEqual(["m2"]);
    });

    it("jumps to the newest where nothing is chosen", async () => {
        show({ results: [hit("m1"), hit("m2")] });
        await type("delay");
        await press("Enter");
        expect(jumps()).toEqual(["m1"]);
    });

    it("does not jump to what was found for an earlier text", async () => {
        show({ results: [hit("m1")] }, { results: [] });
        await type("delay");
        await field().setValue("delays");
        await press("Enter");
        expect(jumps()).toEqual([]);
    });

    it("loads more where the end is reached", async () => {
        show({ results: [hit("m1")], next_cursor: "1" }, { results: [hit("m2")] });
        await type("delay");
        await press("ArrowDown");
        await press("ArrowDown");
        await flushPromises();
        await press("ArrowDown");
        expect(chosen()).toBe(1);
    });

    it("closes by Esc", async () => {
        show();
        await press("Escape");
        expect(shown.panel.emitted("close")).toHaveLength(1);
    });

    it("gives the focus back to what opened it", async () => {
        const opener = document.createElement("button");
        document.body.append(opener);
        opener.focus();
        show();
        expect(document.activeElement).toBe(field().element);
        shown.wrapper.unmount();
        expect(document.activeElement).toBe(opener);
        opener.remove();
        show();
    });

    it("jumps by a click", async () => {
        show({ results: [hit("m1"), hit("m2")] });
        await type("delay");
        await options()[1]!.trigger("click");
        expect(jumps()).toEqual(["m2"]);
    });
});
