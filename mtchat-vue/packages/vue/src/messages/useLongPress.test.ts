import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope } from "vue";
import { LONG_PRESS, useLongPress } from "./useLongPress.js";

const finger = (x = 0, pointerType = "touch") => ({ pointerType, isPrimary: true, clientX: x, clientY: 0 }) as PointerEvent;

describe("useLongPress", () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it.each<[string, number, (press: ReturnType<typeof useLongPress>) => void]>([
        ["a finger that rests", 1, (press) => press.onPointerdown(finger())],
        ["one that trembles", 1, (press) => (press.onPointerdown(finger()), press.onPointermove(finger(5)))],
        ["one that scrolls", 0, (press) => (press.onPointerdown(finger()), press.onPointermove(finger(40)))],
        ["a tap", 0, (press) => (press.onPointerdown(finger()), press.onPointerup())],
        ["a gesture of the browser's", 0, (press) => (press.onPointerdown(finger()), press.onPointercancel())],
        ["a mouse", 0, (press) => press.onPointerdown(finger(0, "mouse"))],
    ])("%s: %i", (_, times, act) => {
        const pressed = vi.fn();
        act(useLongPress(pressed));
        vi.advanceTimersByTime(LONG_PRESS);
        expect(pressed).toHaveBeenCalledTimes(times);
    });

    it("a row that goes meanwhile", () => {
        const pressed = vi.fn();
        const scope = effectScope();
        scope.run(() => useLongPress(pressed))!.onPointerdown(finger());
        scope.stop();
        vi.advanceTimersByTime(LONG_PRESS);
        expect(pressed).not.toHaveBeenCalled();
    });
});
