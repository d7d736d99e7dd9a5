import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import ColumnResizer from "./ColumnResizer.vue";

function line(side: "start" | "end" = "start", dir?: "rtl") {
    const place = document.body.appendChild(document.createElement("div"));
    if (dir) place.style.direction = dir;
    const wrapper = mount(ColumnResizer, { props: { width: 300, min: 280, max: 400, side, label: "Width", controls: "list" }, attachTo: place });
    if (dir) (wrapper.element as HTMLElement).style.direction = dir;
    return wrapper;
}

const widths = (wrapper: ReturnType<typeof line>) => (wrapper.emitted("resize") ?? []).map(([width]) => width);

describe("the line between columns", () => {
    it("says what it is and where it stands", () => {
        expect(line().attributes()).toMatchObject({
            role: "separator",
            tabindex: "0",
            "aria-orientation": "vertical",
            "aria-label": "Width",
            "aria-controls": "list",
            "aria-valuenow": "300",
            "aria-valuemin": "280",
            "aria-valuemax": "400",
        });
    });

    it.each([
        ["start", undefined, 340],
        ["end", undefined, 260],
        ["start", "rtl", 260],
        ["end", "rtl", 340],
    ] as const)("dragged to the right, with its column at the %s (%s), wants %i", async (side, dir, expected) => {
        const wrapper = line(side, dir);
        await wrapper.trigger("pointerdown", { button: 0, pointerId: 1, clientX: 500 });
        await wrapper.trigger("pointermove", { pointerId: 1, clientX: 540 });
        await wrapper.trigger("pointerup", { pointerId: 1 });
        expect(widths(wrapper)).toEqual([expected]);
        expect(wrapper.emitted("begin")).toHaveLength(1);
        expect(wrapper.emitted("end")).toHaveLength(1);
    });

    it("follows one pointer, and only while it is down", async () => {
        const wrapper = line();
        await wrapper.trigger("pointermove", { pointerId: 1, clientX: 540 });
        await wrapper.trigger("pointerdown", { button: 0, pointerId: 1, clientX: 500 });
        await wrapper.trigger("pointermove", { pointerId: 2, clientX: 900 });
        await wrapper.trigger("pointercancel", { pointerId: 1 });
        await wrapper.trigger("pointermove", { pointerId: 1, clientX: 540 });
        expect(widths(wrapper)).toEqual([]);
    });

    it.each([
        ["ArrowRight", 316],
        ["ArrowLeft", 284],
        ["Home", 280],
        ["End", 400],
    ])("moved by %s wants %i", async (key, expected) => {
        const wrapper = line();
        await wrapper.trigger("keydown", { key });
        expect(widths(wrapper)).toEqual([expected]);
        expect(wrapper.emitted("end")).toHaveLength(1);
    });

    it("goes back by a double click", async () => {
        const wrapper = line();
        await wrapper.trigger("dblclick");
        expect(wrapper.emitted("reset")).toHaveLength(1);
    });
});
