/** Arithmetic of zooming and panning: no DOM, so that it can be proved. */

export interface Point {
    readonly x: number;
    readonly y: number;
}

export interface Size {
    readonly width: number;
    readonly height: number;
}

/** How something is looked at: how large, and where its middle is, from the middle of the stage. */
export interface View {
    readonly scale: number;
    readonly x: number;
    readonly y: number;
}

export const MIN_SCALE = 0.5;
export const MAX_SCALE = 5;
/** One press of + or −. */
export const STEP = 1.25;
/** What a double tap enlarges to. */
export const CLOSE_UP = 2.5;

export const FIT: View = { scale: 1, x: 0, y: 0 };

/** The same enlarged by a factor: what is at `point` (from the middle of the stage) stays there, if it is kept in sight otherwise. */
export function zoomAt(view: View, factor: number, point: Point): View {
    const scale = clamp(view.scale * factor, MIN_SCALE, MAX_SCALE);
    const actual = scale / view.scale;
    return { scale, x: point.x - (point.x - view.x) * actual, y: point.y - (point.y - view.y) * actual };
}

export function pan(view: View, by: Point): View {
    return { ...view, x: view.x + by.x, y: view.y + by.y };
}

/** Two fingers: what was below them stays below them. */
export function pinch(view: View, before: readonly [Point, Point], after: readonly [Point, Point]): View {
    const spread = distance(...before);
    const moved = pan(view, difference(middle(...after), middle(...before)));
    return spread === 0 ? moved : zoomAt(moved, distance(...after) / spread, middle(...after));
}

/** Nothing is moved further than its edge; what is smaller than the stage stays in its middle. */
export function keepInSight(view: View, content: Size, stage: Size): View {
    return { scale: view.scale, x: within(view.x, slack(content.width, view.scale, stage.width)), y: within(view.y, slack(content.height, view.scale, stage.height)) };
}

/** The first look: all of it, or its beginning where it is longer than the stage. */
export function firstLook(content: Size, stage: Size): View {
    return { scale: 1, x: 0, y: slack(content.height, 1, stage.height) };
}

/** What was shown has another size, or the stage has: what was at the top of the stage stays there. */
export function resized(view: View, content: readonly [Size, Size], stage: readonly [Size, Size]): View {
    const [before, after] = content;
    const ratio = before.width > 0 ? after.width / before.width : 1;
    const top = (before.height * view.scale - stage[0].height) / 2 - view.y;
    const y = (after.height * view.scale - stage[1].height) / 2 - top * ratio;
    return keepInSight({ scale: view.scale, x: view.x * ratio, y }, after, stage[1]);
}

/** As large as fits, never larger than it is. */
export function fitInto(natural: Size, stage: Size): Size {
    if (natural.width <= 0 || natural.height <= 0) return { width: 0, height: 0 };
    const ratio = Math.min(1, stage.width / natural.width, stage.height / natural.height);
    return { width: natural.width * Math.max(ratio, 0), height: natural.height * Math.max(ratio, 0) };
}

/** What a wheel or a trackpad means as a factor; mice turn in large steps, trackpads in small ones. */
export function wheelFactor(delta: number): number {
    return Math.exp(clamp(-delta, -WHEEL_LIMIT, WHEEL_LIMIT) * WHEEL_SPEED);
}

export function distance(a: Point, b: Point): number {
    return Math.hypot(a.x - b.x, a.y - b.y);
}

const WHEEL_LIMIT = 30;
const WHEEL_SPEED = 0.01;

/** How far the middle may be off in one direction. */
function slack(content: number, scale: number, stage: number): number {
    return Math.max(0, (content * scale - stage) / 2);
}

function within(value: number, limit: number): number {
    // No minus zero: it would be another view than none.
    return limit === 0 ? 0 : clamp(value, -limit, limit);
}

function middle(a: Point, b: Point): Point {
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function difference(a: Point, b: Point): Point {
    return { x: a.x - b.x, y: a.y - b.y };
}

function clamp(value: number, least: number, most: number): number {
    return Math.min(Math.max(value, least), most);
}
