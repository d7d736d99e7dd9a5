import { describe, expect, it } from "vitest";
import { columnSize, pageAt, pagesInSight, pageSizes, PAGE_GAP, sharpness } from "./layout.js";

const A4 = { width: 595, height: 842 };
const wide = { width: 842, height: 595 };

describe("pages of a document", () => {
    it("are as wide as the stage, but no wider than one reads", () => {
        const [narrow] = pageSizes([A4], { width: 400, height: 600 });
        expect(narrow).toEqual({ width: 400, height: 566 });
        expect(pageSizes([A4], { width: 5_000, height: 600 })[0]!.width).toBeLessThan(1_000);
        expect(pageSizes([A4, wide], { width: 400, height: 600 }).map(({ width }) => width)).toEqual([400, 400]);
    });

    it("stand one below the other", () => {
        const pages = [
            { width: 400, height: 500 },
            { width: 400, height: 300 },
        ];
        expect(columnSize(pages)).toEqual({ width: 400, height: 800 + PAGE_GAP });
        expect(columnSize([])).toEqual({ width: 0, height: 0 });
    });

    it("are drawn where they can be seen, and one screen around", () => {
        const pages = Array.from({ length: 100 }, () => ({ width: 400, height: 500 - PAGE_GAP }));
        expect(pagesInSight(pages, 0, 600)).toEqual({ first: 0, last: 2 });
        expect(pagesInSight(pages, 5_000, 600)).toEqual({ first: 8, last: 12 });
        expect(pagesInSight(pages, 49_400, 600)).toEqual({ first: 97, last: 99 });
        expect(pagesInSight([], 0, 600)).toEqual({ first: 0, last: -1 });
    });

    it("are counted from one", () => {
        const pages = Array.from({ length: 3 }, () => ({ width: 400, height: 100 }));
        expect([0, 50, 116, 240, 9_999].map((offset) => pageAt(pages, offset))).toEqual([1, 1, 2, 3, 3]);
    });
});

describe("how sharp a page is drawn", () => {
    it("follows zoom and screen, within what a browser can hold", () => {
        const page = { width: 400, height: 566 };
        expect(sharpness(page, 0.5, 1)).toBe(1);
        expect(sharpness(page, 2, 2)).toBe(4);
        const most = sharpness(page, 5, 3);
        expect(page.width * most * page.height * most).toBeLessThanOrEqual(16_000_001);
    });
});
