import { mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, nextTick, useTemplateRef } from "vue";
import MtContextMenu from "./MtContextMenu.vue";
import MtMenu from "./MtMenu.vue";
import type { MenuExpose, MenuItem } from "./types.js";

let wrapper: VueWrapper | undefined;
afterEach(() => {
    wrapper?.unmount();
    document.body.innerHTML = "";
});

describe("MtMenu", () => {
    it("is not there until it is opened, and tells its opener", async () => {
        const { opener, menu } = chatMenu();
        expect(menu()).toBeNull();
        await click(opener);
        expect(names()).toEqual(["Pin", "Mute", "Leave"]);
        expect(opener.getAttribute("aria-expanded")).toBe("true");
        expect(opener.getAttribute("aria-haspopup")).toBe("menu");
        expect(menu()!.getAttribute("aria-label")).toBe("More");
        await click(opener);
        expect(menu()).toBeNull();
        expect(opener.getAttribute("aria-expanded")).toBe("false");
    });

    it("opened by a key has its first item focused, by the pointer none", async () => {
        const { opener, menu } = chatMenu();
        await click(opener, { detail: 1 });
        expect(document.activeElement).toBe(menu());
        await click(opener);
        await click(opener, { detail: 0 });
        expect(document.activeElement!.textContent).toBe("Pin");
    });

    it("goes over what is disabled, and round the ends", async () => {
        const { opener } = chatMenu();
        await click(opener);
        const way = [];
        for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Home", "End"]) {
            await press(key);
            way.push(document.activeElement!.textContent);
        }
        expect(way).toEqual(["Pin", "Leave", "Pin", "Leave", "Pin", "Leave"]);
    });

    it("finds an item by its first letters", async () => {
        const { opener } = chatMenu();
        await click(opener);
        await press("l");
        expect(document.activeElement!.textContent).toBe("Leave");
    });

    it("closed by Esc gives the focus back, and nobody else hears of the key", async () => {
        const { opener, menu, wrapper } = chatMenu();
        const heard = vi.fn();
        document.addEventListener("keydown", heard);
        await click(opener);
        await press("Escape");
        document.removeEventListener("keydown", heard);
        expect(menu()).toBeNull();
        expect(document.activeElement).toBe(opener);
        expect(wrapper.findComponent(MtMenu).emitted("hide")).toHaveLength(1);
        expect(heard).not.toHaveBeenCalled();
    });

    it("lets Tab go on from the opener", async () => {
        const { opener, menu } = chatMenu();
        await click(opener);
        const event = await press("Tab");
        expect(menu()).toBeNull();
        expect(document.activeElement).toBe(opener);
        expect(event.defaultPrevented).toBe(false);
    });

    it("does what was chosen when it is closed and the focus is back", async () => {
        const seen: unknown[] = [];
        const { opener, menu, wrapper } = chatMenu({ command: () => seen.push(document.activeElement) });
        await click(opener);
        await click(item("Pin"));
        expect(seen).toEqual([opener]);
        expect(menu()).toBeNull();
        expect(wrapper.findComponent(MtMenu).emitted("select")![0]![0]).toMatchObject({ label: "Pin" });
    });

    it("does nothing for what is disabled", async () => {
        const { opener, menu, wrapper } = chatMenu();
        await click(opener);
        await click(item("Mute"));
        expect(menu()).not.toBeNull();
        expect(wrapper.findComponent(MtMenu).emitted("select")).toBeUndefined();
    });

    it("closes when something else is pressed", async () => {
        const { opener, menu } = chatMenu();
        await click(opener);
        menu()!.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, composed: true }));
        await nextTick();
        expect(menu()).not.toBeNull();
        document.body.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, composed: true }));
        await nextTick();
        expect(menu()).toBeNull();
    });

    it("leaves nothing behind when its parent goes while it is open", async () => {
        const { opener, menu, wrapper } = chatMenu();
        await click(opener);
        wrapper.unmount();
        expect(menu()).toBeNull();
        expect(() => document.body.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }))).not.toThrow();
    });

    it("may stand where it is, reached by Tab", () => {
        wrapper = mount(MtMenu, { props: { items: [{ label: "Pin" }, { label: "Leave" }], popup: false }, attachTo: document.body });
        expect(names()).toEqual(["Pin", "Leave"]);
        expect(item("Pin").tabIndex).toBe(0);
        expect(item("Leave").tabIndex).toBe(-1);
    });
});

describe("MtContextMenu", () => {
    it("opens at the pointer in place of the browser's", async () => {
        const { menu, row } = rowWithMenu();
        const event = new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: 40, clientY: 60 });
        row.dispatchEvent(event);
        await settled();
        expect(event.defaultPrevented).toBe(true);
        expect(document.activeElement).toBe(menu());
        await vi.waitFor(() => expect(menu()!.style.left).not.toBe(""));
    });

    it("opened by a key begins with the first item and returns to the row", async () => {
        const { menu, row } = rowWithMenu();
        row.focus();
        row.dispatchEvent(new KeyboardEvent("keydown", { key: "F10", shiftKey: true, bubbles: true, cancelable: true }));
        await settled();
        expect(document.activeElement!.textContent).toBe("Archive");
        await press("Escape");
        expect(menu()).toBeNull();
        expect(document.activeElement).toBe(row);
    });

    it("goes when the page behind is scrolled by hand", async () => {
        const { menu, row } = rowWithMenu();
        row.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, clientX: 40, clientY: 60 }));
        await settled();
        document.body.dispatchEvent(new WheelEvent("wheel", { bubbles: true }));
        await nextTick();
        expect(menu()).toBeNull();
    });
});

function chatMenu(pin: Partial<MenuItem> = {}) {
    const items: MenuItem[] = [{ label: "Pin", icon: "pin", ...pin }, { label: "Mute", disabled: true }, { separator: true }, { label: "Leave", danger: true }];
    const Host = defineComponent(() => {
        const menu = useTemplateRef<MenuExpose>("menu");
        return () => [h("button", { "aria-label": "More", onClick: (event: Event) => menu.value!.toggle(event) }), h(MtMenu, { ref: "menu", items })];
    });
    const host = (wrapper = mount(Host, { attachTo: document.body }));
    const opener = host.find("button").element as HTMLElement;
    opener.focus();
    return { wrapper: host, opener, menu };
}

function rowWithMenu() {
    const Host = defineComponent(() => {
        const menu = useTemplateRef<MenuExpose>("menu");
        const show = (event: Event) => menu.value!.show(event);
        return () => [
            h("div", { tabindex: 0, class: "row", onContextmenu: show, onKeydown: (event: KeyboardEvent) => event.key === "F10" && show(event) }),
            h(MtContextMenu, { ref: "menu", items: [{ label: "Archive" }] }),
        ];
    });
    const host = (wrapper = mount(Host, { attachTo: document.body }));
    return { menu, row: host.find(".row").element as HTMLElement };
}

function menu(): HTMLElement | null {
    return document.querySelector("[role=menu]");
}

function items(): HTMLElement[] {
    return [...document.querySelectorAll<HTMLElement>("[role=menuitem]")];
}

function names(): (string | null)[] {
    return items().map((item) => item.textContent);
}

function item(name: string): HTMLElement {
    return items().find((item) => item.textContent === name)!;
}

async function click(element: HTMLElement, init: MouseEventInit = { detail: 1 }): Promise<void> {
    element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...init }));
    await settled();
}

async function press(key: string): Promise<KeyboardEvent> {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    document.activeElement!.dispatchEvent(event);
    await settled();
    return event;
}

async function settled(): Promise<void> {
    await nextTick();
    await nextTick();
}
