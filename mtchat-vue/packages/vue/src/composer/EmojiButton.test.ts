import { mount } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";
import EmojiButton from "./EmojiButton.vue";
import { stageDialog } from "./fixture.js";

const unmounts: (() => void)[] = [];
afterEach(() => unmounts.splice(0).forEach((unmount) => unmount()));

async function open() {
    const shown = mount(EmojiButton, { attachTo: document.body, global: { provide: stageDialog().provide } });
    unmounts.push(() => shown.unmount());
    const button = shown.get<HTMLButtonElement>('[aria-label="Insert emoji"]');
    await button.trigger("click");
    await vi.waitUntil(() => shown.find(".mtchat-emoji__one").exists());
    return { shown, button, isOpen: () => shown.find("[role=dialog]").exists() };
}

describe("the emoji button", () => {
    it("opens the picker and gives on what is chosen", async () => {
        const { shown, button, isOpen } = await open();
        expect(button.attributes("aria-expanded")).toBe("true");
        await shown.get(".mtchat-emoji__one").trigger("click");
        expect(shown.emitted("select")).toEqual([["😀"]]);
        expect(isOpen()).toBe(false);
    });

    it("closes with Esc and has the focus again", async () => {
        const { shown, button, isOpen } = await open();
        await shown.get("input").trigger("keydown", { key: "Escape" });
        expect(isOpen()).toBe(false);
        expect(document.activeElement).toBe(button.element);
    });

    it("closes when something else is pressed, and not for a press in it", async () => {
        const { shown, isOpen } = await open();
        await shown.get("[role=dialog]").trigger("pointerdown");
        expect(isOpen()).toBe(true);
        document.body.dispatchEvent(new Event("pointerdown", { bubbles: true }));
        await nextTick();
        expect(isOpen()).toBe(false);
    });
});
