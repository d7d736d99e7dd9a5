import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { defineComponent, h, nextTick, useTemplateRef } from "vue";
import { aTransfer, stageDialog } from "./fixture.js";
import { useFileDrop } from "./useFileDrop.js";

const file = new File(["x"], "cmr.pdf", { type: "application/pdf" });

async function aPane(staged = stageDialog()) {
    const pane = mount(
        defineComponent({
            setup() {
                const { isOver } = useFileDrop(useTemplateRef<HTMLElement>("pane"));
                return () => h("div", { ref: "pane", class: { over: isOver.value } }, [h("p", "messages")]);
            },
        }),
        { global: { provide: staged.provide } },
    );
    await nextTick();
    const drag = async (type: string, on: string, data = aTransfer([file])) => {
        const event = Object.assign(new Event(type, { bubbles: true, cancelable: true }), { dataTransfer: data });
        (on === "pane" ? pane.element : pane.find(on).element).dispatchEvent(event);
        await nextTick();
        return event;
    };
    return { pane, staged, drag, isOver: () => pane.classes("over") };
}

describe("dropping files on a chat", () => {
    it("attaches them", async () => {
        const { staged, drag, isOver } = await aPane();
        await drag("dragenter", "pane");
        expect(isOver()).toBe(true);
        await drag("drop", "p");
        expect(isOver()).toBe(false);
        expect(staged.wants).toEqual([["add", file]]);
    });

    it("stays marked while they move over what is inside", async () => {
        const { drag, isOver } = await aPane();
        await drag("dragenter", "pane");
        await drag("dragenter", "p");
        await drag("dragleave", "pane");
        expect(isOver()).toBe(true);
        await drag("dragleave", "p");
        expect(isOver()).toBe(false);
    });

    it("never lets the browser open a file in place of the chat", async () => {
        const { staged, drag, isOver } = await aPane();
        staged.access.value = "frozen";
        await drag("dragenter", "pane");
        expect(isOver()).toBe(false);
        expect((await drag("dragover", "pane")).defaultPrevented).toBe(true);
        expect((await drag("drop", "pane")).defaultPrevented).toBe(true);
        expect(staged.wants).toEqual([]);
    });

    it("leaves dragged text alone", async () => {
        const { drag, isOver } = await aPane();
        const text = aTransfer([], { "text/plain": "hello" });
        expect((await drag("dragover", "pane", text)).defaultPrevented).toBe(false);
        await drag("dragenter", "pane", text);
        expect(isOver()).toBe(false);
    });
});
