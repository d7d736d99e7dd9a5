import { mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { h } from "vue";
import { createI18n, I18N_KEY } from "../i18n/index.js";
import MtDialog from "./MtDialog.vue";
import type { DialogProps } from "./types.js";

let wrapper: VueWrapper | undefined;
afterEach(() => {
    wrapper?.unmount();
    document.body.innerHTML = "";
});

describe("MtDialog", () => {
    it("is a named modal dialog while it is visible", async () => {
        const { dialog } = joinDialog({ visible: false });
        expect(dialog().open).toBe(false);
        expect(dialog().textContent).toBe("");
        await wrapper!.setProps({ visible: true });
        expect(dialog().open).toBe(true);
        const title = document.getElementById(dialog().getAttribute("aria-labelledby")!);
        expect(title!.textContent).toBe("Join the chat");
    });

    it("begins with what it is about, not with its ×", () => {
        joinDialog();
        expect(document.activeElement!.getAttribute("name")).toBe("company");
    });

    it("begins where it is asked to", () => {
        joinDialog({}, { footer: () => h("button", { class: "no" }), default: () => [h("button"), h("button", { "data-autofocus": "", class: "yes" })] });
        expect(document.activeElement!.className).toBe("yes");
    });

    it("begins with its buttons where there is only text", () => {
        joinDialog({}, { default: () => "Really?", footer: () => h("button", { class: "no" }) });
        expect(document.activeElement!.className).toBe("no");
    });

    it("gives the focus back when it closes, and when it is taken away", async () => {
        const opener = focusedButton();
        joinDialog();
        expect(document.activeElement).not.toBe(opener);
        await wrapper!.setProps({ visible: false });
        expect(document.activeElement).toBe(opener);
        await wrapper!.setProps({ visible: true });
        wrapper!.unmount();
        expect(document.activeElement).toBe(opener);
    });

    it("asks to be closed by Esc and by its ×, and stays until it is told", async () => {
        const { dialog, asked } = joinDialog();
        dialog().dispatchEvent(new Event("cancel", { cancelable: true }));
        expect(asked()).toBe(1);
        expect(dialog().open).toBe(true);
        await wrapper!.get("[aria-label=Close]").trigger("click");
        expect(asked()).toBe(2);
        expect(wrapper!.emitted("close")).toHaveLength(2);
    });

    it("Esc in it is no Esc for what is behind", () => {
        const { dialog } = joinDialog();
        const heard = vi.fn();
        document.addEventListener("keydown", heard);
        dialog().querySelector("input")!.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
        document.removeEventListener("keydown", heard);
        expect(heard).not.toHaveBeenCalled();
    });

    it.each([
        ["press and release beside it", "dialog", "dialog", 1],
        ["press inside, release beside", "input", "dialog", 0],
        ["press beside, release inside", "dialog", "input", 0],
    ])("%s", (_, pressed, released, times) => {
        const { asked } = joinDialog();
        document.querySelector(pressed)!.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
        document.querySelector(released)!.dispatchEvent(new MouseEvent("click", { bubbles: true }));
        expect(asked()).toBe(times);
    });

    it("that is not closable has no way out of its own", () => {
        const { dialog, asked } = joinDialog({ closable: false });
        const cancel = new Event("cancel", { cancelable: true });
        dialog().dispatchEvent(cancel);
        dialog().dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
        dialog().dispatchEvent(new MouseEvent("click", { bubbles: true }));
        expect(cancel.defaultPrevented).toBe(true);
        expect(asked()).toBe(0);
        expect(wrapper!.find("[aria-label=Close]").exists()).toBe(false);
    });

    it("says so when the browser closed it all the same", () => {
        const { dialog, asked } = joinDialog();
        dialog().dispatchEvent(new Event("close"));
        expect(asked()).toBe(1);
    });

    it("that is not modal leaves the page alone and closes by Esc", () => {
        const { dialog, asked } = joinDialog({ modal: false });
        expect(dialog().open).toBe(true);
        dialog().dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
        dialog().dispatchEvent(new MouseEvent("click", { bubbles: true }));
        expect(asked()).toBe(0);
        dialog().dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
        expect(asked()).toBe(1);
    });

    it("moves by its header only when it may", async () => {
        const { dialog } = joinDialog({ draggable: true });
        dialog().getBoundingClientRect = () => {
            const [x = 0, y = 0] = dialog().style.translate.split(" ").map(Number.parseFloat);
            return new DOMRect(200 + (x || 0), 100 + (y || 0), 400, 300);
        };
        const drag = (x: number, y: number): void => {
            wrapper!.get("header").element.dispatchEvent(new PointerEvent("pointerdown", { button: 0, clientX: 10, clientY: 10, bubbles: true, cancelable: true }));
            window.dispatchEvent(new PointerEvent("pointermove", { clientX: 10 + x, clientY: 10 + y }));
            window.dispatchEvent(new PointerEvent("pointerup"));
            window.dispatchEvent(new PointerEvent("pointermove", { clientX: 500, clientY: 500 }));
        };
        drag(30, 20);
        expect(dialog().style.translate).toBe("30px 20px");
        drag(0, -500);
        expect(dialog().style.translate).toBe("30px -100px");
        await wrapper!.setProps({ draggable: false });
        drag(30, 20);
        expect(dialog().style.translate).toBe("30px -100px");
    });
});

function joinDialog(props: Partial<DialogProps> = {}, slots: Record<string, () => unknown> = {}) {
    const mounted = (wrapper = mount(MtDialog, {
        props: { visible: true, header: "Join the chat", ...props },
        slots: { default: () => h("input", { name: "company" }), footer: () => h("button", "Join"), ...slots },
        global: { provide: { [I18N_KEY as symbol]: createI18n({ locale: "en" }) } },
        attachTo: document.body,
    }));
    return {
        dialog: () => mounted.get("dialog").element as HTMLDialogElement,
        asked: () => mounted.emitted("update:visible")?.length ?? 0,
    };
}

function focusedButton(): HTMLElement {
    const button = document.body.appendChild(document.createElement("button"));
    button.focus();
    return button;
}
