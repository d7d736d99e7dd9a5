import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { aMessage } from "../testing/fixtures.js";
import { type Answers, StoryClient } from "../testing/story-client.js";
import HistoryDialog from "./HistoryDialog.vue";
import { type Stage, stage } from "./mounting.js";

let shown: Stage;
async function show(history: Answers["history"]): Promise<void> {
    const message = aMessage({ id: "m", dialog_id: "d", content: "third" });
    shown = stage(HistoryDialog, { props: { message }, client: new StoryClient({}, { history }) });
    await flushPromises();
}
afterEach(() => shown.wrapper.unmount());

const versions = () => shown.wrapper.findAll("li").map((row) => row.get(".mtchat-history__content").text());

describe("earlier versions of a message", () => {
    it("come newest first, after what it says now", async () => {
        await show(async () => [
            { content: "first", edited_at: "2026-11-24T10:00:00Z" },
            { content: "<p>second</p>", edited_at: "2026-11-24T11:00:00Z" },
        ]);
        expect(shown.client.wanted("history")).toEqual([["d", "m"]]);
        expect(versions()).toEqual(["third", "second", "first"]);
        expect(shown.wrapper.get("time").text()).toContain("Until");
    });

    it("are shown as text that can do nothing", async () => {
        await show(async () => [{ content: "<img src=x onerror=alert(1)><b>bold</b><script>alert(1)</scr" + "ipt>", edited_at: "2026-11-24T10:00:00Z" }]);
        expect(shown.wrapper.find("img, script").exists()).toBe(false);
        expect(versions()[1]).toBe("bold");
    });

    it("are none of a message that was never edited", async () => {
        await show(async () => []);
        expect(shown.wrapper.text()).toContain("There are no earlier versions");
    });

    it("can be asked for again when that failed", async () => {
        let tries = 0;
        await show(async () => {
            tries += 1;
            if (tries === 1) throw new Error("no");
            return [{ content: "first", edited_at: "2026-11-24T10:00:00Z" }];
        });
        expect(shown.wrapper.get("[role='alert']").text()).toContain("could not be loaded");
        await shown.wrapper.get("[role='alert'] button").trigger("click");
        await flushPromises();
        expect(versions()).toEqual(["third", "first"]);
    });

    it("are awaited visibly", async () => {
        await show(() => new Promise(() => undefined));
        expect(shown.wrapper.find("[role='status']").text()).toContain("Loading");
    });
});
