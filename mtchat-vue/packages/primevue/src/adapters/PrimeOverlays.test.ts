import type { MenuItem } from "@mtchat/vue";
import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { shallowRef } from "vue";
import { OVERLAY_PLACE } from "./overlay-place.js";
import PrimeContextMenu from "./PrimeContextMenu.vue";
import PrimeDialog from "./PrimeDialog.vue";
import PrimeMenu from "./PrimeMenu.vue";
import { mountPrime } from "./testing.js";

const mounted: { unmount(): void }[] = [];
const kept = <T extends { unmount(): void }>(wrapper: T): T => (mounted.push(wrapper), wrapper);

afterEach(() => {
    for (const wrapper of mounted.splice(0)) wrapper.unmount();
    document.body.innerHTML = "";
});

describe("PrimeDialog", () => {
    const open = (props = {}, more = {}) => kept(mountPrime(PrimeDialog, { props: { visible: true, header: "Join", ...props }, slots: { default: "Body", footer: "Foot" }, ...more }));

    it("shows header, body and footer while it is visible", async () => {
        open();
        await flushPromises();
        const dialog = document.querySelector("[role=dialog]")!;
        expect(["Join", "Body", "Foot"].every((text) => dialog.textContent!.includes(text))).toBe(true);
    });

    it("is not there while it is not", () => {
        open({ visible: false });
        expect(document.querySelector("[role=dialog]")).toBeNull();
    });

    it("asks to be closed by its ×, and says so", async () => {
        const dialog = open();
        await flushPromises();
        document.querySelector<HTMLElement>("[role=dialog] button")!.click();
        await flushPromises();
        expect(dialog.emitted("update:visible")).toEqual([[false]]);
        expect(dialog.emitted("close")).toHaveLength(1);
    });

    it("has no × when it can not be closed", async () => {
        open({ closable: false });
        await flushPromises();
        expect(document.querySelector("[role=dialog] button")).toBeNull();
    });

    it("is where the chat's tokens are", async () => {
        const place = document.body.appendChild(document.createElement("div"));
        open({}, { global: { provide: { [OVERLAY_PLACE as symbol]: shallowRef(place) } } });
        await flushPromises();
        expect(place.querySelector("[role=dialog]")).not.toBeNull();
    });
});

describe.each([
    ["PrimeMenu", PrimeMenu],
    ["PrimeContextMenu", PrimeContextMenu],
])("%s", (_, component) => {
    const command = vi.fn();
    const items: MenuItem[] = [
        { label: "Reply", icon: "reply", command },
        { separator: true },
        { label: "Pin", disabled: true },
        { label: "Delete", danger: true },
    ];

    async function shown(more = {}) {
        const menu = kept(mountPrime(component, { props: { items }, ...more }));
        const opener = document.body.appendChild(document.createElement("button"));
        opener.addEventListener("contextmenu", (event) => (menu.vm as unknown as { show(event: Event): void }).show(event));
        opener.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: 5, clientY: 5 }));
        await flushPromises();
        return menu;
    }
    const rows = () => [...document.querySelectorAll<HTMLElement>("[role=menuitem]")];

    it("shows its items", async () => {
        await shown();
        expect(rows().map((row) => row.textContent!.trim())).toEqual(["Reply", "Pin", "Delete"]);
        expect(rows()[0]!.querySelector("svg")).not.toBeNull();
        expect(rows()[1]!.getAttribute("aria-disabled")).toBe("true");
        expect(rows()[2]!.className).toContain("danger");
    });

    it("tells what is chosen, and does it", async () => {
        command.mockClear();
        const menu = await shown();
        rows()[0]!.querySelector<HTMLElement>("a")!.click();
        await flushPromises();
        expect(menu.emitted("select")![0]![0]).toEqual(items[0]);
        expect(command).toHaveBeenCalledOnce();
        expect(menu.emitted("hide")).toHaveLength(1);
    });

    it("has icons of the slot instead", async () => {
        await shown({ slots: { "item-icon": '<template #item-icon="{ item }"><i class="mine">{{ item.label }}</i></template>' } });
        expect(rows()[0]!.querySelector(".mine")!.textContent).toBe("Reply");
    });

    it("is hidden from outside", async () => {
        const menu = await shown();
        (menu.vm as unknown as { hide(): void }).hide();
        await flushPromises();
        expect(menu.emitted("hide")).toHaveLength(1);
    });
});
