import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope, nextTick, ref } from "vue";
import { useDebounced } from "./useDebounced.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function typing() {
    const text = ref("");
    const scope = effectScope();
    const settled = scope.run(() => useDebounced(text, 300))!;
    const type = async (now: string) => {
        text.value = now;
        await nextTick();
    };
    return { settled, type, scope };
}

describe("a text that settles", () => {
    it("is known when nobody has typed for a while", async () => {
        const { settled, type } = typing();
        await type("ham");
        vi.advanceTimersByTime(299);
        await type("hamburg ");
        vi.advanceTimersByTime(299);
        expect(settled.value).toBe("");
        vi.advanceTimersByTime(1);
        expect(settled.value).toBe("hamburg");
    });

    it("is empty at once", async () => {
        const { settled, type } = typing();
        await type("ham");
        vi.advanceTimersByTime(300);
        await type("");
        expect(settled.value).toBe("");
        await type("x");
        await type("  ");
        vi.advanceTimersByTime(1_000);
        expect(settled.value).toBe("");
    });

    it("does nothing after its scope has ended", async () => {
        const { settled, type, scope } = typing();
        await type("ham");
        scope.stop();
        vi.advanceTimersByTime(1_000);
        expect(settled.value).toBe("");
    });
});
