import { mount } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defineComponent, nextTick, ref } from "vue";
import { type ResizableColumns, useColumns } from "./useColumns.js";

const BOTH = { list: true, info: true };
afterEach(() => {
    localStorage.clear();
    vi.restoreAllMocks();
});

async function columnsOf(width = 1_400) {
    const whole = ref(width);
    let made!: ResizableColumns;
    mount(defineComponent({ setup: () => ((made = useColumns(whole, () => BOTH)), () => null) }));
    await nextTick();
    return { ...made, whole };
}

describe("columns of a page", () => {
    it("are the usual ones at first", async () => {
        expect((await columnsOf()).columns.value).toEqual({ list: 320, info: 300 });
    });

    it("are remembered when one stops dragging", async () => {
        const { begin, resize, end, isResizing } = await columnsOf();
        begin();
        expect(isResizing.value).toBe(true);
        resize("list", 380);
        expect(localStorage.length).toBe(0);
        end();
        expect(isResizing.value).toBe(false);
        expect((await columnsOf()).columns.value).toEqual({ list: 380, info: 300 });
    });

    it("shrink with the page, and come back with it", async () => {
        const { columns, whole, resize } = await columnsOf(2_000);
        resize("list", 500);
        resize("info", 480);
        expect(columns.value).toEqual({ list: 500, info: 480 });
        whole.value = 1_200;
        expect(columns.value.list + columns.value.info).toBeLessThanOrEqual(600);
        whole.value = 2_000;
        expect(columns.value).toEqual({ list: 500, info: 480 });
    });

    it("go back to the usual width", async () => {
        const { columns, resize, reset } = await columnsOf();
        resize("info", 400);
        reset("info");
        expect(columns.value.info).toBe(300);
    });

    it.each([["not JSON"], ["null"], ['{"list":"wide"}'], ["[1]"]])("do not mind what was kept: %s", async (kept) => {
        localStorage.setItem("mtchat.columns", kept);
        expect((await columnsOf()).columns.value).toEqual({ list: 320, info: 300 });
    });

    it("work where nothing may be kept", async () => {
        vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
            throw new DOMException("no", "SecurityError");
        });
        vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
            throw new DOMException("no", "QuotaExceededError");
        });
        const { columns, resize, end } = await columnsOf();
        resize("list", 350);
        end();
        expect(columns.value.list).toBe(350);
    });
});
