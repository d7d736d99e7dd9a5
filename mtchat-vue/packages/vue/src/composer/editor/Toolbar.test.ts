import { mount } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";
import { stageDialog } from "../fixture.js";
import type { FormatName } from "./formats.js";
import Toolbar from "./Toolbar.vue";

afterEach(() => vi.unstubAllGlobals());

function aToolbar(active: FormatName[] = [], width = 1000) {
    let measure: () => void = () => undefined;
    vi.stubGlobal("ResizeObserver", class {
        constructor(callback: () => void) {
            measure = callback;
        }
        observe() {}
        disconnect() {}
    });
    const toolbar = mount(Toolbar, { attachTo: document.body, props: { active: new Set(active) }, global: { provide: stageDialog().provide } });
    const bar = toolbar.get("[role=toolbar]");
    Object.defineProperty(bar.element, "clientWidth", { get: () => width });
    for (const button of bar.findAll("button")) Object.defineProperty(button.element, "offsetWidth", { get: () => 32 });
    measure();
    const names = () => bar.findAll("button").map((button) => button.attributes("aria-label"));
    return { toolbar, bar, names };
}

describe("the toolbar", () => {
    it("tells what is pressed and what holds", async () => {
        const { toolbar, bar } = aToolbar(["bold"]);
        expect(bar.get('[aria-label="Bold"]').attributes("aria-pressed")).toBe("true");
        expect(bar.get('[aria-label="Italic"]').attributes("aria-pressed")).toBe("false");
        await bar.get('[aria-label="Quote"]').trigger("click");
        expect(toolbar.emitted("format")).toEqual([["quote"]]);
    });

    it("is one stop of Tab, and arrow keys go through it", async () => {
        const { bar } = aToolbar();
        const reachable = () => bar.findAll('[tabindex="0"]').map((button) => button.attributes("aria-label"));
        expect(reachable()).toEqual(["Bold"]);
        await bar.get('[aria-label="Bold"]').trigger("keydown", { key: "ArrowRight" });
        await nextTick();
        expect(reachable()).toEqual(["Italic"]);
        expect(document.activeElement?.getAttribute("aria-label")).toBe("Italic");
        await bar.get('[aria-label="Italic"]').trigger("keydown", { key: "End" });
        await nextTick();
        expect(reachable()).toEqual(["Clear formatting"]);
    });

    it("puts what does not fit into a menu", async () => {
        const { names, toolbar, bar } = aToolbar([], 140);
        await nextTick();
        expect(names()).toEqual(["Bold", "Italic", "Underline", "More formatting"]);
        await bar.get('[aria-label="More formatting"]').trigger("click");
        await nextTick();
        const item = toolbar.findAll("[role=menuitem]").find((one) => one.text().includes("Code block"));
        await item!.trigger("click");
        expect(toolbar.emitted("format")).toEqual([["codeBlock"]]);
    });
});
