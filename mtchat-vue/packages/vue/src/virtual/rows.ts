import { Heights } from "./heights.js";
import { Momentum } from "./momentum.js";

export type Align = "start" | "center" | "end" | "auto";

export interface RowsOptions<T> {
    keyOf(item: T): string;
    /** Pixels, before it is measured. The better the guess, the less there is to correct. */
    estimate(item: T): number;
    /** Something is to be shown otherwise. Once the page is patched, `settle` is to be called. */
    changed(): void;
    /** Pixels above the first row and below the last one. */
    padding?: number;
    /** Whoever is within so many pixels of the end stays at this distance from it. */
    nearEnd?: number;
    /** The height that is assumed until there is a page. */
    firstHeight?: number;
}

/** So many rows more than can be seen are in the page, on each side. */
const OVERSCAN = 6;
/** What a browser may round a place by. */
const ROUNDED = 1.5;

/** Where one wants to be, until a hand scrolls or nothing has changed for two frames. */
type Goal = { readonly index: number; readonly align: Align; readonly gap: number } | "end";

/** A row, and how far below the top of what is seen it stays. */
interface Anchor {
    readonly index: number;
    readonly below: number;
}

/**
 * Which rows of a long list are in the page, and where. Rows are measured as soon as they are there, before anything is painted; whatever that changes, what
 * is read stays where it is on the screen. Places are pixels from where the rows begin.
 */
export class Rows<T> {
    items: readonly T[] = [];
    /** What of the rows is seen: from here, so high. */
    offset = 0;
    height: number;
    isScrolling = false;
    readonly heights: Heights;

    private element: HTMLElement | null = null;
    /** Pixels from where the element scrolls to where the rows begin. */
    private margin = 0;
    private width = 0;
    private readonly measured = new Map<string, number>();
    /** The elements of rows, and those whose height is not known yet. */
    private readonly elements = new Map<HTMLElement, string>();
    private readonly fresh = new Set<HTMLElement>();
    private goal: Goal | null = null;
    private anchor: Anchor | null = null;
    /** Pixels by which the element is still to be scrolled. */
    private correction = 0;
    private frame: number | undefined;
    private observer: ResizeObserver | null = null;
    private readonly momentum = new Momentum(() => this.rest());
    /** The range that was asked for last. */
    private shown: readonly [first: number, last: number] = [0, -1];

    constructor(private readonly options: RowsOptions<T>) {
        this.height = options.firstHeight ?? 0;
        this.heights = new Heights(options.padding ?? 0);
    }

    /** How high all rows are. */
    get total(): number {
        return Math.max(0, this.heights.end + (this.options.padding ?? 0) - this.momentum.held);
    }

    /** The first and the last row that is seen. */
    get range(): readonly [first: number, last: number] {
        return this.height === 0 ? [0, -1] : [this.heights.at(this.offset), this.heights.at(this.offset + this.height)];
    }

    /** The indexes of the rows to be in the page, in order; `kept` among them. */
    indexes(kept = -1): readonly number[] {
        const [first, last] = this.range;
        this.shown = [first, last];
        if (last < first) return [];
        const from = Math.max(0, first - OVERSCAN);
        const to = Math.min(this.items.length - 1, last + OVERSCAN);
        const indexes = Array.from({ length: to - from + 1 }, (_, step) => from + step);
        if (kept < 0 || kept >= this.items.length || (kept >= from && kept <= to)) return indexes;
        return kept < from ? [kept, ...indexes] : [...indexes, kept];
    }

    /** Where a row is put. */
    placeOf(index: number): number {
        return this.heights.startOf(index) - this.momentum.held;
    }

    /** How far from the end one is. */
    get distance(): number {
        return this.heights.end + (this.options.padding ?? 0) - this.offset - this.height;
    }

    /** Other items. `held` is one of those before that stays where it is on the screen; none, or one that is gone: the place stays. */
    replace(items: readonly T[], held = -1): void {
        const { keyOf, estimate } = this.options;
        const before = this.items;
        const below = held < 0 ? 0 : this.heights.startOf(held) - this.offset;
        const now = (index: number): number => {
            const item = before[index];
            return item === undefined ? -1 : placeIn(items, index, items.length - before.length, (other) => keyOf(other) === keyOf(item));
        };
        const goal = this.goal;
        const anchored = now(held >= 0 ? held : (this.anchor?.index ?? -1));
        const wanted = goal === null || goal === "end" ? -1 : now(goal.index);
        this.items = items;
        this.heights.replace(Float64Array.from(items, (item) => this.measured.get(keyOf(item)) ?? estimate(item)));
        if (goal !== null && goal !== "end") this.goal = wanted < 0 ? null : { ...goal, index: wanted };
        this.anchor = anchored < 0 ? null : { index: anchored, below: held >= 0 ? below : (this.anchor?.below ?? 0) };
        if (this.goal !== null) this.offset = this.placeOfGoal(this.goal);
        else if (held >= 0 && this.anchor !== null) this.moveTo(this.heights.startOf(anchored) - below);
        this.wait();
        this.options.changed();
    }

    /** To a row, `gap` pixels below the top if it is to start there. */
    scrollToIndex(index: number, align: Align, gap = 0): void {
        const start = this.heights.startOf(index);
        const end = start + this.heights.heightOf(index);
        const near = align !== "auto" ? align : end >= this.offset + this.height ? "end" : start <= this.offset ? "start" : null;
        if (near !== null) this.scrollTo(near === "end" && index === this.items.length - 1 ? "end" : { index, align: near, gap });
    }

    scrollToEnd(): void {
        this.scrollTo("end");
    }

    /** To where the element begins, whatever is above the rows. */
    scrollToTop(): void {
        this.scrollTo({ index: 0, align: "start", gap: Infinity });
    }

    private scrollTo(goal: Goal): void {
        this.anchor = null;
        this.goal = goal;
        this.correction = 0;
        this.offset = this.placeOfGoal(goal);
        this.wait();
        this.options.changed();
    }

    /** Tell which element shows a row. */
    see(element: HTMLElement | null, key: string): void {
        if (element === null || this.elements.get(element) === key) return;
        this.elements.set(element, key);
        this.fresh.add(element);
    }

    /** How far the rows are from where the element scrolls. */
    setMargin(margin: number): void {
        if (margin === this.margin) return;
        // What is seen stays where it is in the element.
        this.offset += this.margin - margin;
        this.margin = margin;
        this.options.changed();
    }

    /** The page is as it should be: measure what is new in it, and be where one has to be. */
    settle(element: HTMLElement | null): void {
        this.attach(element);
        for (const one of this.elements.keys()) if (!one.isConnected) this.forget(one);
        const fresh = [...this.fresh];
        this.fresh.clear();
        if (this.element === null) return;
        // While the browser tells of heights, what is new would be one too many.
        if (fresh.length > 0 && this.observer !== null) requestAnimationFrame(() => fresh.forEach((one) => this.elements.has(one) && this.observer?.observe(one, { box: "border-box" })));
        if (!this.measure(fresh)) this.write();
    }

    detach(): void {
        this.attach(null);
    }

    private attach(element: HTMLElement | null): void {
        if (element === this.element) return;
        this.element?.removeEventListener("scroll", this.scrolled);
        this.observer?.disconnect();
        this.momentum.listen(element);
        if (this.frame !== undefined) cancelAnimationFrame(this.frame);
        this.element = element;
        this.observer = null;
        if (element === null) return;
        element.addEventListener("scroll", this.scrolled, { passive: true });
        if (typeof ResizeObserver !== "undefined") {
            this.observer = new ResizeObserver((entries) => this.resized(entries.map(({ target }) => target as HTMLElement)));
            this.observer.observe(element);
        }
        for (const one of this.elements.keys()) this.fresh.add(one);
        this.look();
        this.correction = this.offset - this.offsetOf(element);
        this.wait();
    }

    private forget(element: HTMLElement): void {
        this.observer?.unobserve(element);
        this.elements.delete(element);
        this.fresh.delete(element);
    }

    /** How much there is to be seen. */
    private look(): void {
        const { clientHeight, clientWidth } = this.element!;
        // Lines break elsewhere: what is above the first row that is whole counts as out of sight.
        if (this.width !== 0 && clientWidth !== this.width && this.goal === null && this.anchor === null) {
            const [first] = this.range;
            this.anchorAt(this.heights.startOf(first) < this.offset ? first + 1 : first);
            this.wait();
        }
        if (clientHeight !== this.height) {
            // Some browsers forget the place of what they do not show.
            if (this.height === 0) this.correction = this.offset - this.offsetOf(this.element!);
            this.height = clientHeight;
            if (this.goal !== null) this.offset = this.placeOfGoal(this.goal);
            this.options.changed();
        }
        this.width = clientWidth;
    }

    private resized(elements: readonly HTMLElement[]): void {
        if (elements.includes(this.element!)) this.look();
        this.measure(elements.filter((one) => one.isConnected && this.elements.has(one)));
    }

    /** Whether rows are of another height than was thought. */
    private measure(elements: readonly HTMLElement[]): boolean {
        // What is not shown has no height.
        const found = (this.height === 0 ? [] : elements).flatMap((element) => {
            const [key, index] = [this.elements.get(element)!, Number(element.dataset["index"])];
            const item = this.items[index];
            return item !== undefined && this.options.keyOf(item) === key ? [{ key, index, height: element.offsetHeight }] : [];
        });
        const others = found.filter(({ index, height }) => height !== this.heights.heightOf(index));
        const place = others.length === 0 ? null : this.placeToKeep();
        for (const { key, height } of found) this.measured.set(key, height);
        if (place === null) return false;
        for (const { index, height } of others) this.heights.resize(index, height);
        if (this.goal === null) this.moveTo(place());
        else this.offset = this.placeOfGoal(this.goal);
        if (this.goal !== null || this.anchor !== null) this.wait();
        this.options.changed();
        return true;
    }

    /** Where one will be, once heights have changed, for what is read to stay. */
    private placeToKeep(): () => number {
        const { distance, anchor } = this;
        if (this.options.nearEnd !== undefined && distance <= this.options.nearEnd) return () => this.offset + this.distance - distance;
        if (anchor !== null) return () => this.heights.startOf(anchor.index) - anchor.below;
        const [top] = this.range;
        const item = this.items[top];
        // What begins above and was never measured is above; what was measured grows downwards.
        const isAbove = item !== undefined && this.heights.startOf(top) < this.offset && !this.measured.has(this.options.keyOf(item));
        const index = Math.max(0, Math.min(isAbove ? top + 1 : top, this.items.length - 1));
        const below = this.heights.startOf(index) - this.offset;
        return () => this.heights.startOf(index) - below;
    }

    private anchorAt(index: number): void {
        this.anchor = { index, below: this.heights.startOf(index) - this.offset };
    }

    private placeOfGoal(goal: Goal): number {
        if (goal === "end") return this.within(Infinity);
        const room = this.height - this.heights.heightOf(goal.index);
        return this.within(this.heights.startOf(goal.index) - (goal.align === "start" ? goal.gap : goal.align === "end" ? room : room / 2));
    }

    /** The nearest place that there is. */
    private within(place: number): number {
        return Math.max(0 - this.margin, Math.min(place, this.offset + this.distance));
    }

    /** Be elsewhere in the rows, since those above have changed. */
    private moveTo(wanted: number): void {
        const offset = this.within(wanted);
        const step = offset - this.offset;
        this.offset = offset;
        if (!this.momentum.hold(step)) this.correction += step;
    }

    private write(): void {
        const element = this.element!;
        const top = this.goal === null ? element.scrollTop + this.correction : this.offset + this.margin - this.momentum.held;
        const isThere = this.goal === null ? this.correction === 0 : Math.abs(element.scrollTop - top) < 0.5;
        this.correction = 0;
        if (isThere) return;
        element.scrollTo({ top, behavior: "instant" });
        const offset = this.offsetOf(element);
        if (Math.abs(offset - this.offset) > ROUNDED) this.options.changed();
        this.offset = offset;
    }

    private offsetOf({ scrollTop }: HTMLElement): number {
        return scrollTop - this.margin + this.momentum.held;
    }

    private readonly scrolled = (): void => {
        // What is not shown is nowhere.
        if (this.height === 0) return;
        const offset = this.offsetOf(this.element!) + this.correction;
        const isByHand = Math.abs(offset - this.offset) > ROUNDED;
        if (isByHand) {
            this.offset = offset;
            this.goal = null;
            if (this.anchor !== null) this.anchorAt(this.anchor.index);
        }
        const wasScrolling = this.isScrolling;
        this.isScrolling = true;
        this.momentum.moved();
        const [first, last] = this.range;
        if (!wasScrolling || first !== this.shown[0] || last !== this.shown[1]) this.options.changed();
    };

    /** Nothing has moved for a while. */
    private rest(): void {
        this.isScrolling = false;
        this.correction += this.momentum.release();
        this.options.changed();
    }

    /** Until nothing changes for two frames: so far the eye remembers what was there. */
    private wait(): void {
        if (this.element === null) return;
        if (this.frame !== undefined) cancelAnimationFrame(this.frame);
        this.frame = requestAnimationFrame(() => {
            this.frame = requestAnimationFrame(() => {
                this.frame = undefined;
                this.goal = this.anchor = null;
            });
        });
    }
}

/** Where something is afterwards; -1: nowhere. Mostly where it was, or further down by as many as came. */
export function placeIn<T>(items: readonly T[], index: number, come: number, is: (item: T) => boolean): number {
    for (const place of [index, index + come]) {
        const item = items[place];
        if (item !== undefined && is(item)) return place;
    }
    return items.findIndex(is);
}
