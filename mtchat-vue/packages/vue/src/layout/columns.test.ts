import { describe, expect, it } from "vitest";
import { type Columns, fitColumns, limitsOf, NARROWEST } from "./columns.js";

const BOTH = { list: true, info: true };
const LIST = { list: true, info: false };

/** Numbers that look random and are the same each time. */
function* numbers(seed: number): Generator<number, never> {
    for (let state = seed; ; ) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        yield state / 2 ** 32;
    }
}

describe("columns", () => {
    it.each<[string, Columns, number, typeof BOTH, Columns]>([
        ["what fits stays", { list: 320, info: 260 }, 1_400, BOTH, { list: 320, info: 260 }],
        ["too narrow", { list: 10, info: -5 }, 1_400, BOTH, { list: 280, info: 240 }],
        ["too wide", { list: 900, info: 900 }, 2_000, LIST, { list: 600, info: 600 }],
        ["both at once leave half to the chat", { list: 600, info: 600 }, 2_000, BOTH, { list: 600, info: 400 }],
        ["narrow: usable before 30 %", { list: 400, info: 300 }, 800, LIST, { list: 280, info: 240 }],
        ["what was kept is nonsense", { list: Number.NaN, info: Number.NaN }, 1_400, BOTH, { list: 320, info: 300 }],
    ])("%s", (_, wanted, whole, shown, expected) => {
        expect(fitColumns(wanted, whole, shown)).toEqual(expected);
    });

    it("the one that is dragged pushes the other one", () => {
        expect(fitColumns({ list: 360, info: 360 }, 1_200, BOTH, "info")).toEqual({ list: 280, info: 320 });
        expect(fitColumns({ list: 360, info: 360 }, 1_200, BOTH, "list")).toEqual({ list: 360, info: 240 });
    });

    it("hold their limits, whatever is wanted", () => {
        const random = numbers(7);
        const next = (from: number, to: number) => from + random.next().value * (to - from);
        for (let round = 0; round < 5_000; round += 1) {
            const whole = next(768, 3_840);
            const shown = { list: next(0, 1) < 0.8, info: next(0, 1) < 0.6 };
            const held = next(0, 1) < 0.5 ? "list" : "info";
            const fitted = fitColumns({ list: next(-500, 4_000), info: next(-500, 4_000) }, whole, shown, held);
            for (const name of ["list", "info"] as const) {
                expect(fitted[name]).toBeGreaterThanOrEqual(NARROWEST[name]);
                expect(fitted[name]).toBeLessThanOrEqual(Math.max(NARROWEST[name], whole * 0.3));
            }
            const taken = (shown.list ? fitted.list : 0) + (shown.info ? fitted.info : 0);
            const narrowest = (shown.list ? NARROWEST.list : 0) + (shown.info ? NARROWEST.info : 0);
            expect(taken).toBeLessThanOrEqual(Math.max(narrowest, whole * 0.5));
            expect(fitColumns(fitted, whole, shown, held)).toEqual(fitted);
        }
    });

    it("say how far they may be dragged", () => {
        expect(limitsOf("list", { list: 320, info: 300 }, 1_200, BOTH)).toEqual({ min: 280, max: 360 });
        expect(limitsOf("info", { list: 320, info: 300 }, 1_200, BOTH)).toEqual({ min: 240, max: 320 });
    });
});
