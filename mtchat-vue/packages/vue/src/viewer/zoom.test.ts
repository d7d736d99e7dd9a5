import { describe, expect, it } from "vitest";
import { firstLook, FIT, fitInto, keepInSight, MAX_SCALE, MIN_SCALE, pan, pinch, resized, wheelFactor, zoomAt, type Point, type View } from "./zoom.js";

/** What of the content is at a point of the stage, in pixels of scale 1 from the content's middle. */
const below = (view: View, point: Point) => ({ x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale });
const close = (a: Point, b: Point) => {
    expect(a.x).toBeCloseTo(b.x, 8);
    expect(a.y).toBeCloseTo(b.y, 8);
};

const VIEWS: View[] = [FIT, { scale: 0.5, x: 0, y: 0 }, { scale: 2.2, x: 130, y: -75 }, { scale: 5, x: -900, y: 410 }];
const POINTS: Point[] = [
    { x: 0, y: 0 },
    { x: 320, y: -240 },
    { x: -17.5, y: 99 },
];
const FACTORS = [0.01, 0.5, 0.8, 1, 1.25, 2.5, 100];
const CASES = VIEWS.flatMap((view) => POINTS.flatMap((point) => FACTORS.map((factor) => ({ view, point, factor }))));

describe("zooming", () => {
    it.each(CASES)("leaves what is under the cursor where it is: $factor × at $point of $view", ({ view, point, factor }) => {
        close(below(zoomAt(view, factor, point), point), below(view, point));
    });

    it("stays between 0.5 and 5", () => {
        expect(zoomAt(FIT, 0.01, { x: 9, y: 9 }).scale).toBe(MIN_SCALE);
        expect(zoomAt(FIT, 1_000, { x: 9, y: 9 }).scale).toBe(MAX_SCALE);
        const largest = zoomAt({ scale: MAX_SCALE, x: 5, y: 6 }, 1.25, { x: 300, y: 0 });
        expect(largest).toEqual({ scale: MAX_SCALE, x: 5, y: 6 });
    });

    it("out and in again is where one was", () => {
        const there = zoomAt({ scale: 2, x: 30, y: 40 }, 1.25, { x: 100, y: 50 });
        const back = zoomAt(there, 1 / 1.25, { x: 100, y: 50 });
        close(back, { x: 30, y: 40 });
        expect(back.scale).toBeCloseTo(2, 8);
    });

    it("by a wheel is the same far for as much, either way, and never wild", () => {
        expect(wheelFactor(10) * wheelFactor(-10)).toBeCloseTo(1, 8);
        expect(wheelFactor(0)).toBe(1);
        expect(wheelFactor(-3)).toBeGreaterThan(1);
        expect(wheelFactor(100_000)).toBeGreaterThan(0.7);
        expect(wheelFactor(-100_000)).toBeLessThan(1.4);
    });
});

describe("two fingers", () => {
    const before = [
        { x: -50, y: 0 },
        { x: 50, y: 0 },
    ] as const;

    it("keep below them what was below them", () => {
        const after = [
            { x: -90, y: 30 },
            { x: 130, y: 30 },
        ] as const;
        const view = { scale: 1.5, x: 12, y: -8 };
        const next = pinch(view, before, after);
        expect(next.scale).toBeCloseTo(1.5 * 2.2, 8);
        close(below(next, after[0]), below(view, before[0]));
        close(below(next, after[1]), below(view, before[1]));
    });

    it("move without enlarging when they stay as far apart", () => {
        const after = [
            { x: -40, y: 7 },
            { x: 60, y: 7 },
        ] as const;
        expect(pinch(FIT, before, after)).toEqual({ scale: 1, x: 10, y: 7 });
    });

    it("that begin at one point enlarge nothing", () => {
        const point = { x: 3, y: 3 };
        expect(pinch(FIT, [point, point], before).scale).toBe(1);
    });
});

describe("what is in sight", () => {
    const content = { width: 400, height: 300 };
    const stage = { width: 500, height: 400 };

    it("stays in the middle while it is smaller than the stage", () => {
        expect(keepInSight({ scale: 1, x: 80, y: -80 }, content, stage)).toEqual(FIT);
    });

    it("goes no further than to its edge", () => {
        expect(keepInSight({ scale: 2, x: 9_999, y: -9_999 }, content, stage)).toEqual({ scale: 2, x: 150, y: -100 });
        expect(keepInSight({ scale: 2, x: 20, y: -30 }, content, stage)).toEqual({ scale: 2, x: 20, y: -30 });
    });

    it("is moved freely in between", () => {
        expect(pan({ scale: 2, x: 20, y: -30 }, { x: 5, y: 5 })).toEqual({ scale: 2, x: 25, y: -25 });
    });

    it("begins with the beginning of what is long", () => {
        expect(firstLook({ width: 400, height: 2_400 }, stage)).toEqual({ scale: 1, x: 0, y: 1_000 });
        expect(firstLook(content, stage)).toEqual(FIT);
    });

    it("keeps its top when pages turn out longer, or the window becomes smaller", () => {
        const [short, long] = [
            { width: 400, height: 2_000 },
            { width: 400, height: 3_000 },
        ];
        const top = (view: View, height: number, room: number) => (height * view.scale - room) / 2 - view.y;
        const view = { scale: 1, x: 0, y: 300 };
        const longer = resized(view, [short, long], [stage, stage]);
        expect(top(longer, 3_000, 400)).toBeCloseTo(top(view, 2_000, 400), 8);
        const half = resized(view, [short, { width: 200, height: 1_000 }], [stage, { width: 250, height: 400 }]);
        expect(top(half, 1_000, 400)).toBeCloseTo(top(view, 2_000, 400) / 2, 8);
    });
});

describe("fitting", () => {
    it.each([
        [{ width: 4_000, height: 3_000 }, { width: 400, height: 300 }],
        [{ width: 100, height: 80 }, { width: 100, height: 80 }],
        [{ width: 100, height: 3_000 }, { width: 10, height: 300 }],
        [{ width: 0, height: 10 }, { width: 0, height: 0 }],
    ])("%j into 400 × 300 is %j", (natural, fitted) => {
        expect(fitInto(natural, { width: 400, height: 300 })).toEqual(fitted);
    });
});
