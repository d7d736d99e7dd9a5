import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { placeIn, Rows, type RowsOptions } from "./rows.js";

const SCREEN = 300;
const GUESS = 50;

/** A page that shows what it is told to, with rows as high as `heightOf` says, and a browser that never scrolls too far. */
function page(options: Partial<RowsOptions<string>> = {}, heightOf: (key: string) => number = () => 40) {
    const scroller = document.createElement("div");
    let screen = SCREEN;
    const height = () => Math.max(screen, rows.total + margin);
    let margin = 0;
    Object.defineProperties(scroller, {
        clientHeight: { get: () => screen },
        clientWidth: { get: () => 400 },
        scrollHeight: { get: height },
    });
    scroller.scrollTo = ((to: ScrollToOptions) => {
        scroller.scrollTop = Math.max(0, Math.min(to.top ?? 0, height() - screen));
    }) as typeof scroller.scrollTo;
    document.body.append(scroller);
    let isChanged = false;
    const rows = new Rows<string>({ keyOf: (item) => item, estimate: () => GUESS, changed: () => (isChanged = true), ...options });
    const elements = new Map<string, HTMLElement>();

    const render = () => {
        const indexes = rows.indexes();
        for (const [key, element] of elements) {
            if (indexes.some((index) => rows.items[index] === key)) continue;
            element.remove();
            elements.delete(key);
        }
        for (const index of indexes) {
            const key = rows.items[index]!;
            const element = elements.get(key) ?? document.createElement("p");
            element.dataset["index"] = `${index}`;
            if (!elements.has(key)) Object.defineProperty(element, "offsetHeight", { get: () => heightOf(key) });
            elements.set(key, element);
            scroller.append(element);
            rows.see(element, key);
        }
    };
    return {
        rows,
        scroller,
        /** Patch the page until nothing changes. */
        settle() {
            let rounds = 0;
            do {
                isChanged = false;
                render();
                rows.settle(scroller);
                rounds += 1;
            } while (isChanged && rounds < 50);
            expect(rounds).toBeLessThan(50);
        },
        /** Pixels from the top of the screen. */
        seenAt: (key: string) => rows.placeOf(rows.items.indexOf(key)) + margin - scroller.scrollTop,
        /** Whether others are to be shown. */
        byHand(top: number): boolean {
            scroller.scrollTop = Math.max(0, Math.min(top, height() - screen));
            isChanged = false;
            scroller.dispatchEvent(new Event("scroll"));
            return isChanged;
        },
        above(pixels: number) {
            margin = pixels;
            rows.setMargin(pixels);
        },
        resize: (to: number) => (screen = to),
    };
}

const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `r${from + index}`);
const twoFrames = () => vi.advanceTimersByTime(60);

describe("rows of a long list", () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame", "cancelAnimationFrame"] }));
    afterEach(() => {
        vi.useRealTimers();
        vi.unstubAllGlobals();
        document.body.replaceChildren();
    });

    it("are in the page around what is seen only, and none without room", () => {
        const { rows, settle, byHand, resize } = page();
        rows.replace(keys(0, 1_000));
        expect(rows.indexes()).toEqual([]);
        settle();
        expect(rows.indexes()).toHaveLength(8 + 6);
        byHand(20_000);
        settle();
        expect(rows.indexes().length).toBeLessThanOrEqual(9 + 12);
        expect(rows.indexes()).toContain(rows.heights.at(rows.offset));
        resize(0);
        rows.detach();
        settle();
        expect(rows.indexes()).toEqual([]);
    });

    it("are assumed to fill a first screen where there is no page", () => {
        const rows = new Rows<string>({ keyOf: (item) => item, estimate: () => 50, changed: () => {}, firstHeight: 500 });
        rows.replace(keys(0, 100));
        expect(rows.indexes()).toHaveLength(11 + 6);
        expect(rows.total).toBe(5_000);
    });

    it.each([
        [50, [50, 0]],
        [3, [0]],
        [-1, [0]],
        [1_000, [0]],
    ])("keep one that is far away (%d) in the page", (kept, [first]) => {
        const { rows, settle } = page();
        rows.replace(keys(0, 100));
        settle();
        const indexes = rows.indexes(kept);
        expect(indexes.includes(50)).toBe(first === 50);
        expect(indexes).toEqual([...new Set(indexes)].sort((one, other) => one - other));
    });

    it("are asked for again when others are seen, also those that were before they changed", () => {
        const { rows, settle, byHand } = page({}, () => GUESS);
        rows.replace(keys(0, 200));
        settle();
        expect(byHand(2_000)).toBe(true);
        settle();
        expect(byHand(2_001)).toBe(false);
        const { range } = rows;
        rows.replace(keys(-20, 200), range[0]);
        settle();
        expect(rows.range).not.toEqual(range);
        expect(byHand(2_001)).toBe(true);
        expect(rows.range).toEqual(range);
    });

    it("stand below each other as high as they are", () => {
        const { rows, settle } = page({ padding: 12 }, (key) => (key === "r1" ? 100 : 40));
        rows.replace(keys(0, 5));
        settle();
        expect([0, 1, 2, 3, 4].map((index) => rows.placeOf(index))).toEqual([12, 52, 152, 192, 232]);
        expect(rows.total).toBe(12 + 260 + 12);
    });

    it("stay where they are when those above turn out to be of another height", () => {
        const { rows, settle, byHand, seenAt } = page({}, (key) => 20 + (Number(key.slice(1)) % 5) * 20);
        rows.replace(keys(0, 500));
        settle();
        byHand(12_000);
        settle();
        for (let turn = 0; turn < 200; turn += 1) {
            const key = rows.items[rows.heights.at(rows.offset + 150)]!;
            const before = seenAt(key);
            byHand(rows.offset - 37);
            settle();
            expect(seenAt(key)).toBeCloseTo(before + 37, 5);
        }
    });

    it("grow downwards where one begins above, once its height is known", () => {
        const heights = new Map<string, number>();
        const { rows, settle, byHand, seenAt, scroller } = page({}, (key) => heights.get(key) ?? 40);
        const resized: ((entries: { target: Element }[]) => void)[] = [];
        vi.stubGlobal(
            "ResizeObserver",
            class {
                constructor(tell: (entries: { target: Element }[]) => void) {
                    resized.push(tell);
                }
                observe() {}
                unobserve() {}
                disconnect() {}
            },
        );
        rows.replace(keys(0, 100));
        settle();
        byHand(1_010);
        settle();
        const top = rows.items[rows.heights.at(rows.offset)]!;
        const before = seenAt(top);
        heights.set(top, 90);
        resized[0]!([{ target: [...scroller.children].find((one) => (one as HTMLElement).dataset["index"] === top.slice(1))! }]);
        settle();
        expect(rows.heights.heightOf(Number(top.slice(1)))).toBe(90);
        expect(seenAt(top)).toBe(before);
    });

    it.each(["start", "center", "end"] as const)("can be gone to, however wrong the guesses were: %s", (align) => {
        const { rows, settle, seenAt } = page({}, (key) => 10 + (Number(key.slice(1)) % 7) * 30);
        rows.replace(keys(0, 400));
        settle();
        for (const index of [200, 17, 390, 201]) {
            rows.scrollToIndex(index, align);
            settle();
            const room = SCREEN - rows.heights.heightOf(index);
            expect(seenAt(`r${index}`)).toBeCloseTo(align === "start" ? 0 : align === "end" ? room : room / 2, 5);
            twoFrames();
        }
    });

    it("can be gone to with room above, and no further than there are rows", () => {
        const { rows, settle, seenAt, scroller } = page();
        rows.replace(keys(0, 100));
        settle();
        rows.scrollToIndex(50, "start", 70);
        settle();
        expect(seenAt("r50")).toBe(70);
        rows.scrollToIndex(0, "center");
        settle();
        expect(scroller.scrollTop).toBe(0);
        rows.scrollToIndex(99, "start");
        settle();
        expect(seenAt("r99")).toBe(SCREEN - 40);
    });

    it("are scrolled no more than it takes for one to be seen", () => {
        const { rows, settle, seenAt, scroller } = page({ padding: 12 });
        rows.replace(keys(0, 100));
        settle();
        rows.scrollToIndex(3, "auto");
        settle();
        expect(scroller.scrollTop).toBe(0);
        rows.scrollToIndex(20, "auto");
        settle();
        expect(seenAt("r20")).toBe(SCREEN - 40);
        twoFrames();
        rows.scrollToIndex(10, "auto");
        settle();
        expect(seenAt("r10")).toBe(0);
        rows.scrollToIndex(99, "auto");
        settle();
        expect(rows.distance).toBe(0);
        expect(seenAt("r99")).toBe(SCREEN - 40 - 12);
    });

    it("are left to the hand that scrolls on the way", () => {
        const { rows, settle, byHand, scroller } = page();
        rows.replace(keys(0, 100));
        settle();
        rows.scrollToEnd();
        settle();
        byHand(500);
        rows.replace(keys(0, 101));
        settle();
        expect(scroller.scrollTop).toBeCloseTo(500, 0);
    });

    it("hold one that is told while others come, go and change above, also while a hand scrolls", () => {
        const { rows, settle, byHand, seenAt } = page({}, (key) => (key.startsWith("r-") ? 120 : 40));
        rows.replace(keys(0, 100));
        settle();
        byHand(1_000);
        settle();
        const before = seenAt("r30");
        rows.replace([...keys(-50, 0), ...keys(0, 100)], rows.items.indexOf("r30"));
        settle();
        expect(seenAt("r30")).toBe(before);
        rows.replace(keys(10, 100), rows.items.indexOf("r30"));
        settle();
        expect(seenAt("r30")).toBe(before);
        byHand(rows.offset - 100);
        settle();
        expect(seenAt("r30")).toBe(before + 100);
    });

    it("stay at their place when what was held is gone", () => {
        const { rows, settle, byHand, scroller } = page();
        rows.replace(keys(0, 100));
        settle();
        byHand(400);
        settle();
        rows.replace(keys(200, 300), 10);
        settle();
        expect(scroller.scrollTop).toBeGreaterThan(300);
        expect(scroller.scrollTop).toBeLessThan(500);
    });

    it("stay at the end for whoever is there, and only for them", () => {
        const grown = new Set<string>();
        const { rows, settle, byHand } = page({ nearEnd: 100 }, (key) => (grown.has(key) ? 90 : 40));
        rows.replace(keys(0, 100));
        rows.scrollToEnd();
        settle();
        expect(rows.distance).toBe(0);
        twoFrames();
        byHand(rows.offset - 60);
        settle();
        for (const key of keys(100, 103)) grown.add(key);
        rows.replace(keys(0, 103), rows.heights.at(rows.offset));
        settle();
        // Guessed 50 each, they were 90: the place that was near the end stays as near.
        expect(rows.distance).toBeGreaterThanOrEqual(60);
        byHand(1_000);
        settle();
        const [offset] = [rows.offset];
        rows.replace(keys(0, 110), rows.heights.at(rows.offset) + 1);
        settle();
        expect(rows.offset).toBe(offset);
    });

    it("that do not fill the screen stay at the top", () => {
        const { rows, settle, scroller, seenAt } = page({ nearEnd: 100, padding: 12 }, (key) => (key === "r1" ? 70 : 40));
        rows.replace(keys(0, 3));
        rows.scrollToEnd();
        settle();
        expect([scroller.scrollTop, rows.offset, seenAt("r0")]).toEqual([0, 0, 12]);
    });

    it("begin where something else ends", () => {
        const { rows, settle, above, seenAt, scroller } = page();
        rows.replace(keys(0, 100));
        settle();
        above(80);
        settle();
        expect([scroller.scrollTop, seenAt("r0")]).toEqual([0, 80]);
        rows.scrollToIndex(50, "start");
        settle();
        expect(seenAt("r50")).toBe(0);
        rows.scrollToTop();
        settle();
        expect(scroller.scrollTop).toBe(0);
    });

    it("are not measured while nothing is shown, and stand where they stood when it is again", () => {
        let isShown = true;
        const { rows, settle, byHand, resize, scroller } = page({}, () => (isShown ? 40 : 0));
        rows.replace(keys(0, 100));
        settle();
        byHand(1_000);
        settle();
        const { offset, total } = rows;
        isShown = false;
        resize(0);
        rows.detach();
        settle();
        expect(rows.total).toBe(total);
        isShown = true;
        resize(SCREEN);
        scroller.scrollTop = 0;
        rows.detach();
        settle();
        expect([rows.offset, scroller.scrollTop, rows.total]).toEqual([offset, offset, total]);
    });

    it("tell when scrolling is over", () => {
        const { rows, settle, byHand } = page();
        rows.replace(keys(0, 100));
        settle();
        byHand(100);
        expect(rows.isScrolling).toBe(true);
        vi.advanceTimersByTime(200);
        expect(rows.isScrolling).toBe(false);
    });

    it("are moved instead of the place while a finger's scroll goes on, and stay where they are when it ends", () => {
        vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)", maxTouchPoints: 5 });
        const { rows, settle, byHand, seenAt, scroller } = page({}, (key) => 20 + (Number(key.slice(1)) % 5) * 20);
        rows.replace(keys(0, 500));
        settle();
        byHand(12_000);
        settle();
        vi.advanceTimersByTime(200);
        settle();
        const set = vi.spyOn(scroller, "scrollTo");
        for (let turn = 0; turn < 60; turn += 1) {
            const key = rows.items[rows.heights.at(rows.offset + 150)]!;
            const before = seenAt(key);
            byHand(scroller.scrollTop - 37);
            settle();
            expect(seenAt(key)).toBeCloseTo(before + 37, 5);
        }
        expect(set).not.toHaveBeenCalled();
        const key = rows.items[rows.heights.at(rows.offset + 150)]!;
        const before = seenAt(key);
        vi.advanceTimersByTime(200);
        settle();
        expect(set).toHaveBeenCalled();
        expect(seenAt(key)).toBeCloseTo(before, 5);
        expect(rows.placeOf(0)).toBe(0);
    });
});

describe("where something is afterwards", () => {
    it.each([
        ["where it was", "abc", 1, 0, "b", 1],
        ["further down", "xxabc", 1, 2, "b", 3],
        ["elsewhere", "cba", 2, 0, "c", 0],
        ["nowhere", "xyz", 1, 0, "b", -1],
    ])("%s", (_, items, index, come, wanted, place) => {
        expect(placeIn([...items], index, come, (item) => item === wanted)).toBe(place);
    });
});
