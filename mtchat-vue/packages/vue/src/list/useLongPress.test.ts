import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope } from "vue";
import { useLongPress } from "./useLongPress.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function finger(pointerType = "touch") {
    const pressed = vi.fn();
    const scope = effectScope();
    const press = scope.run(() => useLongPress(pressed))!;
    const event = (x = 10, y = 10) => ({ pointerType, isPrimary: true, clientX: x, clientY: y }) as PointerEvent;
    return { pressed, press, event, scope };
}

describe("a long press", () => {
    it("is told after half a second", () => {
        const { pressed, press, event } = finger();
        press.onPointerdown(event());
        vi.advanceTimersByTime(499);
        expect(pressed).not.toHaveBeenCalled();
        vi.advanceTimersByTime(1);
        expect(pressed).toHaveBeenCalledOnce();
    });

    it("is none when the finger scrolls, goes, or is taken over", () => {
        const { pressed, press, event, scope } = finger();
        press.onPointerdown(event());
        press.onPointermove(event(10, 40));
        vi.advanceTimersByTime(600);
        press.onPointerdown(event());
        press.onPointerup();
        vi.advanceTimersByTime(600);
        press.onPointerdown(event());
        press.onPointercancel();
        vi.advanceTimersByTime(600);
        press.onPointerdown(event());
        scope.stop();
        vi.advanceTimersByTime(600);
        expect(pressed).not.toHaveBeenCalled();
    });

    it("forgives a finger that trembles", () => {
        const { pressed, press, event } = finger();
        press.onPointerdown(event(10, 10));
        press.onPointermove(event(14, 13));
        vi.advanceTimersByTime(500);
        expect(pressed).toHaveBeenCalledOnce();
    });

    it("is not made with a mouse", () => {
        const { pressed, press, event } = finger("mouse");
        press.onPointerdown(event());
        vi.advanceTimersByTime(600);
        expect(pressed).not.toHaveBeenCalled();
    });

    it("swallows the click that ends it, and no other", () => {
        const { press, event } = finger();
        const click = () => ({ preventDefault: vi.fn(), stopPropagation: vi.fn() }) as unknown as MouseEvent & { stopPropagation: ReturnType<typeof vi.fn> };
        press.onPointerdown(event());
        vi.advanceTimersByTime(500);
        press.onPointerup();
        const [first, second] = [click(), click()];
        press.onClickCapture(first);
        press.onClickCapture(second);
        expect(first.stopPropagation).toHaveBeenCalledOnce();
        expect(second.stopPropagation).not.toHaveBeenCalled();
    });
});
