import { describe, expect, it, vi } from "vitest";
import { effectScope, nextTick, shallowRef } from "vue";
import { useZoomPan } from "./useZoomPan.js";

const BOX = { left: 100, top: 50, width: 800, height: 600 };

async function stage(content = { width: 800, height: 600 }) {
    const element = document.createElement("div");
    element.getBoundingClientRect = () => BOX as DOMRect;
    const size = shallowRef({ width: 0, height: 0 });
    const swiped = vi.fn();
    const zoom = effectScope().run(() => useZoomPan({ stage: shallowRef(element), content: size, stageSize: shallowRef(BOX), swiped }))!;
    size.value = content;
    await nextTick();
    /** At a point from the middle of the stage. */
    const at = (x: number, y: number, more: object = {}) =>
        ({ clientX: BOX.left + BOX.width / 2 + x, clientY: BOX.top + BOX.height / 2 + y, button: 0, pointerId: 1, pointerType: "mouse", timeStamp: 0, ...more }) as PointerEvent;
    const wheel = (deltaY: number, more: object = {}) => zoom.onWheel(at(0, 0, { deltaX: 0, deltaY, deltaMode: 0, ...more }) as unknown as WheelEvent);
    const drag = (from: [number, number], to: [number, number], more: object = {}) => {
        zoom.onPointerdown(at(...from, more));
        zoom.onPointermove(at(...to, more));
        zoom.onPointerup(at(...to, { ...more, timeStamp: 100 }));
    };
    return { zoom, at, wheel, drag, swiped, size };
}

describe("the buttons", () => {
    it("zoom in steps, up to the ends, and back to the beginning", async () => {
        const { zoom } = await stage();
        for (let press = 0; press < 20; press += 1) zoom.zoomIn();
        expect(zoom.view.value.scale).toBe(5);
        expect(zoom.canZoomIn.value).toBe(false);
        for (let press = 0; press < 20; press += 1) zoom.zoomOut();
        expect(zoom.view.value.scale).toBe(0.5);
        expect(zoom.canZoomOut.value).toBe(false);
        zoom.reset();
        expect(zoom.view.value).toEqual({ scale: 1, x: 0, y: 0 });
    });

    it("do nothing before there is something to enlarge", async () => {
        const { zoom } = await stage({ width: 0, height: 0 });
        zoom.zoomIn();
        expect(zoom.view.value.scale).toBe(1);
        expect(zoom.canZoomIn.value).toBe(false);
    });
});

describe("the wheel", () => {
    it("zooms at the cursor with Ctrl or Cmd", async () => {
        const { zoom, at } = await stage();
        for (const key of ["ctrlKey", "metaKey"]) {
            zoom.reset();
            const event = at(200, 100, { deltaX: 0, deltaY: -30, deltaMode: 0, [key]: true });
            zoom.onWheel(event as unknown as WheelEvent);
            const { scale, x, y } = zoom.view.value;
            expect(scale).toBeGreaterThan(1);
            expect((200 - x) / scale).toBeCloseTo(200, 6);
            expect((100 - y) / scale).toBeCloseTo(100, 6);
        }
    });

    it("pans otherwise, sideways with Shift, in lines where a browser counts lines", async () => {
        const { zoom, wheel } = await stage({ width: 1_600, height: 3_000 });
        const { y } = zoom.view.value;
        wheel(120);
        expect(zoom.view.value.y).toBe(y - 120);
        wheel(3, { deltaMode: 1 });
        expect(zoom.view.value.y).toBe(y - 168);
        wheel(50, { shiftKey: true });
        expect(zoom.view.value.x).toBe(-50);
        wheel(-1e6);
        expect(zoom.view.value.y).toBe(y);
    });
});

describe("pointers", () => {
    it("drag what is larger than the stage", async () => {
        const { zoom, at } = await stage();
        zoom.zoomIn();
        zoom.onPointerdown(at(0, 0));
        expect(zoom.isDragged.value).toBe(true);
        zoom.onPointermove(at(-20, 10));
        zoom.onPointerup(at(-20, 10));
        expect(zoom.view.value).toMatchObject({ x: -20, y: 10 });
        expect(zoom.isDragged.value).toBe(false);
        zoom.onPointermove(at(300, 300));
        expect(zoom.view.value).toMatchObject({ x: -20, y: 10 });
    });

    it("pinch with two fingers", async () => {
        const { zoom, at } = await stage();
        zoom.onPointerdown(at(-50, 0, { pointerId: 1, pointerType: "touch" }));
        zoom.onPointerdown(at(50, 0, { pointerId: 2, pointerType: "touch" }));
        zoom.onPointermove(at(150, 0, { pointerId: 2, pointerType: "touch" }));
        expect(zoom.view.value.scale).toBeCloseTo(2, 6);
        expect((-50 - zoom.view.value.x) / zoom.view.value.scale).toBeCloseTo(-50, 6);
    });

    it("enlarge by a double tap or click, and come back by another", async () => {
        const { zoom, at, drag } = await stage();
        const touch = { pointerType: "touch" };
        zoom.onDblclick(at(10, 10));
        expect(zoom.view.value.scale).toBe(2.5);
        zoom.onDblclick(at(10, 10));
        expect(zoom.view.value.scale).toBe(1);
        drag([40, 40], [41, 40], touch);
        drag([42, 41], [42, 41], touch);
        expect(zoom.view.value.scale).toBe(2.5);
        // Browsers tell of the same taps once more.
        zoom.onDblclick(at(42, 41));
        expect(zoom.view.value.scale).toBe(2.5);
    });

    it("wipe to the next file, but not over what is enlarged or upwards", async () => {
        const { zoom, drag, swiped } = await stage();
        const touch = { pointerType: "touch" };
        drag([100, 0], [-50, 10], touch);
        expect(swiped).toHaveBeenLastCalledWith("left");
        drag([-100, 0], [50, 10], touch);
        expect(swiped).toHaveBeenLastCalledWith("right");
        drag([0, 100], [30, -100], touch);
        drag([100, 0], [-50, 10]);
        zoom.zoomIn();
        drag([100, 0], [-50, 10], touch);
        expect(swiped).toHaveBeenCalledTimes(2);
    });
});

it("begins anew with what is there for the first time", async () => {
    const { zoom, size } = await stage();
    zoom.zoomIn();
    size.value = { width: 0, height: 0 };
    await nextTick();
    size.value = { width: 800, height: 2_600 };
    await nextTick();
    expect(zoom.view.value).toEqual({ scale: 1, x: 0, y: 1_000 });
});
