import { mount } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, useTemplateRef } from "vue";
import { useVisualViewport } from "./useVisualViewport.js";

afterEach(() => vi.unstubAllGlobals());

function onAPhone() {
    const viewport = Object.assign(new EventTarget(), { height: 800, scale: 1, offsetTop: 0 });
    vi.stubGlobal("innerHeight", 800);
    vi.stubGlobal("visualViewport", viewport);
    const root = mount(
        defineComponent({
            setup() {
                useVisualViewport(useTemplateRef<HTMLElement>("root"));
                return () => h("div", { ref: "root" });
            },
        }),
    );
    const element = root.element as HTMLElement;
    const become = (height: number, scale = 1) => {
        Object.assign(viewport, { height, scale }).dispatchEvent(new Event("resize"));
        return element.style.getPropertyValue("--mtchat-viewport-height");
    };
    return { root, element, become };
}

describe("the on-screen keyboard", () => {
    it("leaves the height above it to the chat", () => {
        const { element, become } = onAPhone();
        expect(become(420)).toBe("420px");
        expect(element.classList.contains("mtchat--keyboard")).toBe(true);
    });

    it("gives the height back when it goes", () => {
        const { element, become } = onAPhone();
        become(420);
        expect(become(800)).toBe("");
        expect(element.classList.contains("mtchat--keyboard")).toBe(false);
    });

    it.each([
        ["the browser's bar", 740, 1],
        ["pinching", 400, 2],
    ])("is not %s", (_, height, scale) => {
        expect(onAPhone().become(height, scale)).toBe("");
    });

    it("counts from where the chat begins on the page", () => {
        const { element, become } = onAPhone();
        element.getBoundingClientRect = () => new DOMRect(0, 100, 300, 700);
        expect(become(420)).toBe("320px");
    });

    it("is not listened to any more after the chat is gone", () => {
        const { root, become } = onAPhone();
        root.unmount();
        expect(become(420)).toBe("");
    });
});
