import { computed, onScopeDispose, readonly, shallowRef, watch, type Ref } from "vue";
import type { ReadRef } from "../composables/types.js";
import { CLOSE_UP, distance, FIT, firstLook, keepInSight, MAX_SCALE, MIN_SCALE, pan, pinch, resized, STEP, wheelFactor, zoomAt, type Point, type Size, type View } from "./zoom.js";

export interface ZoomPan {
    readonly view: ReadRef<View>;
    readonly canZoomIn: ReadRef<boolean>;
    readonly canZoomOut: ReadRef<boolean>;
    /** A pointer moves it. */
    readonly isDragged: ReadRef<boolean>;
    zoomIn(): void;
    zoomOut(): void;
    reset(): void;
    move(by: Point): void;
    onWheel(event: WheelEvent): void;
    onPointerdown(event: PointerEvent): void;
    onPointermove(event: PointerEvent): void;
    onPointerup(event: PointerEvent): void;
    onPointercancel(event: PointerEvent): void;
    onDblclick(event: MouseEvent): void;
}

export interface ZoomPanOptions {
    stage: Ref<HTMLElement | null>;
    /** How large what is shown is at scale 1, in pixels. */
    content: Ref<Size>;
    stageSize: Ref<Size>;
    /** A finger wiped over what is not enlarged: to the inline end of the page or to its start. */
    swiped?: (direction: "left" | "right") => void;
}

const TAP_MILLISECONDS = 300;
const TAP_PIXELS = 24;
const SWIPE_PIXELS = 60;
/** Firefox turns by lines. */
const LINE = 16;

/** Zoom and pan by mouse, wheel, trackpad, fingers and keys. */
export function useZoomPan({ stage, content, stageSize, swiped }: ZoomPanOptions): ZoomPan {
    const view = shallowRef<View>(FIT);
    const pointers = new Map<number, Point>();
    const isDragged = shallowRef(false);
    let down: { at: Point; time: number } | null = null;
    let lastTap: { at: Point; time: number } | null = null;
    let wasTouch = false;

    const show = (next: View) => (view.value = keepInSight(next, content.value, stageSize.value));
    const reset = () => show(firstLook(content.value, stageSize.value));
    const isThere = computed(() => content.value.width > 0);
    const zoom = (factor: number, at: Point = { x: 0, y: 0 }) => isThere.value && show(zoomAt(view.value, factor, at));
    /** From the middle of the stage. */
    function place(event: MouseEvent): Point {
        const box = stage.value?.getBoundingClientRect();
        if (!box) return { x: 0, y: 0 };
        return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
    }
    function closeUp(at: Point): void {
        if (view.value.scale > 1.01) reset();
        else zoom(CLOSE_UP / view.value.scale, at);
    }

    watch([content, stageSize], ([now, size], [before, sizeBefore]) => {
        const isNew = before.width === 0 || sizeBefore.width === 0;
        if (isNew) reset();
        else view.value = resized(view.value, [before, now], [sizeBefore, size]);
    });
    onScopeDispose(() => pointers.clear());

    function tapped(at: Point, time: number): void {
        const isSecond = lastTap !== null && time - lastTap.time < TAP_MILLISECONDS && distance(at, lastTap.at) < TAP_PIXELS;
        lastTap = isSecond ? null : { at, time };
        if (isSecond) closeUp(at);
    }
    function lifted(event: PointerEvent): void {
        const from = down;
        down = null;
        if (!from || event.pointerType !== "touch") return;
        const at = place(event);
        const [dx, dy] = [at.x - from.at.x, at.y - from.at.y];
        if (Math.hypot(dx, dy) < TAP_PIXELS && event.timeStamp - from.time < TAP_MILLISECONDS) tapped(at, event.timeStamp);
        else if (view.value.scale <= 1 && Math.abs(dx) > SWIPE_PIXELS && Math.abs(dx) > 2 * Math.abs(dy)) swiped?.(dx < 0 ? "left" : "right");
    }
    function release(event: PointerEvent): void {
        pointers.delete(event.pointerId);
        isDragged.value = pointers.size > 0;
    }

    return {
        view: readonly(view) as ReadRef<View>,
        canZoomIn: computed(() => isThere.value && view.value.scale < MAX_SCALE - 0.001),
        canZoomOut: computed(() => isThere.value && view.value.scale > MIN_SCALE + 0.001),
        isDragged: readonly(isDragged),
        zoomIn: () => zoom(STEP),
        zoomOut: () => zoom(1 / STEP),
        reset,
        move: (by) => show(pan(view.value, by)),
        onWheel(event) {
            const unit = event.deltaMode === 1 ? LINE : event.deltaMode === 2 ? stageSize.value.height : 1;
            const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
            // Trackpads say a pinch as a wheel with Ctrl.
            if (event.ctrlKey || event.metaKey) zoom(wheelFactor(dy), place(event));
            else if (event.shiftKey && dx === 0) show(pan(view.value, { x: -dy, y: 0 }));
            else show(pan(view.value, { x: -dx, y: -dy }));
        },
        onPointerdown(event) {
            if (event.button !== 0 || pointers.size >= 2) return;
            wasTouch = event.pointerType === "touch";
            const at = place(event);
            // A second finger makes it no tap.
            down = pointers.size === 0 ? { at, time: event.timeStamp } : null;
            pointers.set(event.pointerId, at);
            isDragged.value = true;
            stage.value?.setPointerCapture?.(event.pointerId);
        },
        onPointermove(event) {
            const before = pointers.get(event.pointerId);
            if (!before) return;
            const after = place(event);
            const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
            if (other) show(pinch(view.value, [before, other], [after, other]));
            else show(pan(view.value, { x: after.x - before.x, y: after.y - before.y }));
            pointers.set(event.pointerId, after);
        },
        onPointerup(event) {
            if (!pointers.has(event.pointerId)) return;
            release(event);
            if (pointers.size === 0) lifted(event);
        },
        onPointercancel: release,
        onDblclick(event) {
            // Fingers' double taps are counted above; a browser may tell of them here as well.
            if (!wasTouch) closeUp(place(event));
        },
    };
}
