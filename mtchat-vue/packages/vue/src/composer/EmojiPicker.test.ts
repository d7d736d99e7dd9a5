import { flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import EmojiPicker from "./EmojiPicker.vue";
import { forgetRecentEmoji, rememberEmoji } from "./emoji/recent.js";
import { stageDialog } from "./fixture.js";

const unmounts: (() => void)[] = [];
beforeEach(() => {
    localStorage.clear();
    forgetRecentEmoji();
});
afterEach(() => unmounts.splice(0).forEach((unmount) => unmount()));

async function open() {
    const picker = mount(EmojiPicker, { attachTo: document.body, global: { provide: stageDialog().provide } });
    unmounts.push(() => picker.unmount());
    await vi.waitUntil(() => picker.find(".mtchat-emoji__grid").exists());
    const shown = () => picker.findAll(".mtchat-emoji__one").map((one) => one.text());
    const key = async (on: string, pressed: string) => {
        await picker.get(on).trigger("keydown", { key: pressed });
        await flushPromises();
    };
    return { picker, shown, key, focused: () => document.activeElement?.textContent?.trim() };
}

describe("the emoji picker", () => {
    it("begins at the search, with faces", async () => {
        const { picker, shown } = await open();
        expect(document.activeElement?.tagName).toBe("INPUT");
        expect(shown()[0]).toBe("😀");
        expect(picker.get("[aria-selected=true]").attributes("aria-label")).toBe("Smileys and emotion");
    });

    it("shows another group", async () => {
        const { picker, shown } = await open();
        await picker.get('[aria-label="Flags"]').trigger("click");
        expect(shown()).toContain("🇩🇪");
    });

    it("finds by name, and Enter takes the first", async () => {
        const { picker, shown, key } = await open();
        await picker.get("input").setValue("ship");
        expect(shown()[0]).toBe("🚢");
        await key("input", "Enter");
        expect(picker.emitted("select")).toEqual([["🚢"]]);
    });

    it("says when there is none", async () => {
        const { picker } = await open();
        await picker.get("input").setValue("qqqq");
        expect(picker.get("[role=status]").text()).toBe("Nothing found");
    });

    it("is gone through by arrow keys, and left upwards to the search", async () => {
        const { picker, key, focused } = await open();
        await key("input", "ArrowDown");
        expect(focused()).toBe("😀");
        await key(".mtchat-emoji__one", "ArrowRight");
        expect(focused()).toBe("😃");
        expect(picker.findAll('.mtchat-emoji__one[tabindex="0"]')).toHaveLength(1);
        await key('.mtchat-emoji__one[tabindex="0"]', "ArrowUp");
        expect(document.activeElement?.tagName).toBe("INPUT");
    });

    it("begins with what was chosen last", async () => {
        rememberEmoji("🚢");
        const { picker, shown } = await open();
        expect(shown()).toEqual(["🚢"]);
        expect(picker.get(".mtchat-emoji__one").attributes("aria-label")).toBe("ship");
        await picker.get(".mtchat-emoji__one").trigger("click");
        expect(picker.emitted("select")).toEqual([["🚢"]]);
    });

    it("shows people in the tone that was chosen", async () => {
        const { picker, shown } = await open();
        await picker.get('[aria-label="People and body"]').trigger("click");
        await picker.get('[aria-label="Skin tone: Default"]').trigger("click");
        expect(shown()[0]).toBe("👋🏻");
    });

    it("clears the search with Esc first, and closes then", async () => {
        const { picker, key } = await open();
        await picker.get("input").setValue("ship");
        await key(".mtchat-emoji__tabs", "Escape");
        expect(picker.emitted("close")).toBeUndefined();
        await key(".mtchat-emoji__tabs", "Escape");
        expect(picker.emitted("close")).toHaveLength(1);
    });
});
