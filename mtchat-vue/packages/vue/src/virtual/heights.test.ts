import { describe, expect, it } from "vitest";
import { Heights } from "./heights.js";

function of(...heights: number[]): Heights {
    const rows = new Heights(10);
    rows.replace(Float64Array.from(heights));
    return rows;
}

describe("heights", () => {
    it("tell where rows begin and end", () => {
        const rows = of(20, 30, 0, 40);
        expect([0, 1, 2, 3, 4].map((index) => rows.startOf(index))).toEqual([10, 30, 60, 60, 100]);
        expect(rows.end).toBe(100);
        expect(rows.count).toBe(4);
    });

    it("of no rows are where the first would be", () => {
        const rows = new Heights(10);
        expect([rows.count, rows.startOf(0), rows.end, rows.heightOf(0), rows.at(50)]).toEqual([0, 10, 10, 0, -1]);
    });

    it.each([
        [-5, 0],
        [10, 0],
        [29.9, 0],
        [30, 1],
        [60, 3],
        [99, 3],
        [1_000, 3],
    ])("at %d there is row %d", (place, index) => {
        expect(of(20, 30, 0, 40).at(place)).toBe(index);
    });

    it("change for all rows below one of another height", () => {
        const rows = of(20, 30, 40, 50);
        expect(rows.end).toBe(150);
        rows.resize(2, 45);
        rows.resize(1, 35);
        expect([0, 1, 2, 3, 4].map((index) => rows.startOf(index))).toEqual([10, 30, 65, 110, 160]);
        expect(rows.heightOf(1)).toBe(35);
    });

    it("are those of a simple sum, whatever changes", () => {
        const rows = new Heights(0);
        const plain = Array.from({ length: 300 }, (_, index) => (index * 7919) % 97);
        rows.replace(Float64Array.from(plain));
        for (let turn = 0; turn < 500; turn += 1) {
            const index = (turn * 104_729) % plain.length;
            plain[index] = (turn * 31) % 89;
            rows.resize(index, plain[index]!);
            const asked = (turn * 7) % (plain.length + 1);
            const sum = plain.slice(0, asked).reduce((before, height) => before + height, 0);
            expect(rows.startOf(asked)).toBe(sum);
            expect(rows.startOf(rows.at(sum + 0.5))).toBeLessThanOrEqual(sum + 0.5);
        }
    });
});
