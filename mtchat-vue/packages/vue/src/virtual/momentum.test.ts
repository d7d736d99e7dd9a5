import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Momentum } from "./momentum.js";

const IPHONE = { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)", maxTouchPoints: 5 };
const IPAD = { userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", maxTouchPoints: 5 };
const MAC = { ...IPAD, maxTouchPoints: 0 };
const ANDROID = { userAgent: "Mozilla/5.0 (Linux; Android 16)", maxTouchPoints: 5 };

function touch(element: HTMLElement, name: string, fingers: number): void {
    element.dispatchEvent(Object.assign(new Event(name), { touches: Array.from({ length: fingers }) }));
}

describe("a scroll of a finger's", () => {
    const element = document.createElement("div");
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => {
        vi.useRealTimers();
        vi.unstubAllGlobals();
    });

    it.each([
        ["an iPhone", IPHONE, true],
        ["an iPad", IPAD, true],
        ["a Mac", MAC, false],
        ["Android", ANDROID, false],
    ])("lets steps wait on %s: %o", (_, navigator, waits) => {
        vi.stubGlobal("navigator", navigator);
        const momentum = new Momentum(() => {});
        momentum.listen(element);
        expect(momentum.hold(10)).toBe(false);
        momentum.moved();
        expect(momentum.hold(10)).toBe(waits);
        momentum.listen(null);
    });

    it("is over some time after the last step, and not while a finger is there", () => {
        vi.stubGlobal("navigator", IPHONE);
        const over = vi.fn();
        const momentum = new Momentum(over);
        momentum.listen(element);
        touch(element, "touchstart", 1);
        momentum.moved();
        vi.advanceTimersByTime(1_000);
        expect(over).not.toHaveBeenCalled();
        expect(momentum.hold(10)).toBe(true);
        touch(element, "touchend", 0);
        vi.advanceTimersByTime(100);
        momentum.moved();
        vi.advanceTimersByTime(100);
        expect(over).not.toHaveBeenCalled();
        momentum.hold(-3);
        expect(momentum.held).toBe(7);
        vi.advanceTimersByTime(100);
        expect(over).toHaveBeenCalledOnce();
        expect(momentum.release()).toBe(7);
        expect(momentum.held).toBe(0);
        expect(momentum.hold(10)).toBe(false);
        momentum.listen(null);
    });

    it("says nothing once nobody listens", () => {
        const over = vi.fn();
        const momentum = new Momentum(over);
        momentum.listen(element);
        momentum.moved();
        momentum.listen(null);
        vi.advanceTimersByTime(1_000);
        expect(over).not.toHaveBeenCalled();
    });
});
