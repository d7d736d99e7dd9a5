import { mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, withDirectives } from "vue";
import { vTooltip } from "./tooltip.js";
import type { TooltipValue } from "./types.js";

let wrapper: VueWrapper | undefined;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
    wrapper?.unmount();
    vi.useRealTimers();
    document.body.innerHTML = "";
});

describe("v-tooltip", () => {
    it("shows after a moment under the pointer and goes after another", () => {
        const { button, shown } = buttonWith("Send (Enter)");
        point(button, "pointerenter");
        vi.advanceTimersByTime(399);
        expect(shown()).toBeNull();
        vi.advanceTimersByTime(1);
        expect(shown()).toBe("Send (Enter)");
        point(button, "pointerleave");
        vi.advanceTimersByTime(99);
        expect(shown()).toBe("Send (Enter)");
        vi.advanceTimersByTime(1);
        expect(shown()).toBeNull();
    });

    it("never shows for a pointer that only passes", () => {
        const { button, shown } = buttonWith("Send");
        point(button, "pointerenter");
        vi.advanceTimersByTime(200);
        point(button, "pointerleave");
        vi.advanceTimersByTime(1000);
        expect(shown()).toBeNull();
    });

    it("stays while the pointer is over its words", () => {
        const { button, shown } = buttonWith("Send");
        point(button, "pointerenter");
        vi.advanceTimersByTime(400);
        point(button, "pointerleave");
        point(document.querySelector("[role=tooltip]")!, "pointerenter");
        vi.advanceTimersByTime(1000);
        expect(shown()).toBe("Send");
    });

    it("takes its delays from the host of it", () => {
        const { button, shown } = buttonWith({ value: "Send", showDelay: 0, hideDelay: 500 });
        point(button, "pointerenter");
        vi.advanceTimersByTime(0);
        expect(shown()).toBe("Send");
        point(button, "pointerleave");
        vi.advanceTimersByTime(499);
        expect(shown()).toBe("Send");
    });

    it("shows at once for the keyboard, describes, and Esc hides it", () => {
        const { button, shown } = buttonWith("Send");
        focusByKeyboard(button);
        expect(shown()).toBe("Send");
        expect(button.getAttribute("aria-describedby")).toBe(document.querySelector("[role=tooltip]")!.id);
        document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
        expect(shown()).toBeNull();
        expect(button.hasAttribute("aria-describedby")).toBe(false);
    });

    it("is not read twice where it is the name", () => {
        const { button } = buttonWith("Send", { "aria-label": "Send" });
        focusByKeyboard(button);
        expect(button.hasAttribute("aria-describedby")).toBe(false);
    });

    it("leaves other descriptions in place", () => {
        const { button } = buttonWith("Send", { "aria-describedby": "hint" });
        focusByKeyboard(button);
        expect(button.getAttribute("aria-describedby")).toMatch(/^hint mtchat-tooltip-\d+$/);
        button.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
        expect(button.getAttribute("aria-describedby")).toBe("hint");
    });

    it("follows its words, and goes when there are none", async () => {
        const { button, shown, say } = buttonWith("Mute");
        focusByKeyboard(button);
        await say("Unmute");
        expect(shown()).toBe("Unmute");
        await say(null);
        expect(shown()).toBeNull();
    });

    it("does not show for a finger, nor without words", () => {
        const { button, shown } = buttonWith("Send");
        button.dispatchEvent(new PointerEvent("pointerenter", { pointerType: "touch" }));
        vi.advanceTimersByTime(1000);
        expect(shown()).toBeNull();
        const silent = buttonWith("");
        point(silent.button, "pointerenter");
        vi.advanceTimersByTime(1000);
        expect(shown()).toBeNull();
    });

    it("goes with its element, from inside of the root", () => {
        const { button, shown } = buttonWith("Send");
        focusByKeyboard(button);
        expect(document.querySelector(".mtchat > [role=tooltip]")).not.toBeNull();
        wrapper!.unmount();
        expect(shown()).toBeNull();
    });
});

function buttonWith(value: TooltipValue, attributes: Record<string, string> = {}) {
    const Host = defineComponent({
        props: { words: { type: null as never, default: undefined } },
        setup: (props: { words?: TooltipValue }) => () => h("div", { class: "mtchat" }, withDirectives(h("button", attributes), [[vTooltip, props.words]])),
    });
    const host = (wrapper = mount(Host, { props: { words: value }, attachTo: document.body }));
    return {
        button: host.get("button").element as HTMLElement,
        shown: () => document.querySelector("[role=tooltip]")?.textContent ?? null,
        say: (words: TooltipValue) => host.setProps({ words }),
    };
}

function point(element: Element, type: string): void {
    element.dispatchEvent(new PointerEvent(type, { pointerType: "mouse" }));
}

function focusByKeyboard(element: HTMLElement): void {
    const matches = element.matches.bind(element);
    element.matches = ((selector: string) => selector === ":focus-visible" || matches(selector)) as typeof element.matches;
    element.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
}
