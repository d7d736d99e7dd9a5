import { mount } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, nextTick } from "vue";
import { useCoarsePointer } from "./useCoarsePointer.js";

afterEach(() => vi.unstubAllGlobals());

const Told = defineComponent(() => {
    const isCoarse = useCoarsePointer();
    return () => h("p", String(isCoarse.value));
});

describe("the main pointer", () => {
    it("is known, also when a mouse comes", async () => {
        const query = Object.assign(new EventTarget(), { matches: true });
        vi.stubGlobal("matchMedia", () => query);
        const told = mount(Told);
        await nextTick();
        expect(told.text()).toBe("true");
        query.matches = false;
        query.dispatchEvent(new Event("change"));
        await nextTick();
        expect(told.text()).toBe("false");
    });

    it("is a mouse where nobody knows", () => {
        vi.stubGlobal("matchMedia", undefined);
        expect(mount(Told).text()).toBe("false");
    });
});
