import type { Placement, VirtualElement } from "@floating-ui/vue";
import { onIdle } from "../lazy/idle.js";
import { laterStyles } from "../styles/install.js";

const GAP = 4;

type Placing = typeof import("./placing.js");

let placing: Placing | null = null;
const load = async (): Promise<Placing> => {
    const [loaded] = await Promise.all([import("./placing.js"), laterStyles()]);
    return (placing = loaded);
};
onIdle(load);

/** Keep `floating` beside `reference` and on the screen, above everything, until what comes back is called. */
export function placeBeside(reference: Element | VirtualElement, floating: HTMLElement, placement: Placement, gap = GAP): () => void {
    showOnTop(floating);
    if (placing !== null) return placing.place(reference, floating, placement, gap);
    let stop: (() => void) | null = null;
    let isStopped = false;
    // It may have the focus already, which what is `hidden` could not.
    floating.style.opacity = "0";
    load().then(
        ({ place }) => {
            if (!isStopped) stop = place(reference, floating, placement, gap);
        },
        () => placeSimply(reference, floating, gap),
    );
    return () => {
        isStopped = true;
        stop?.();
    };
}

/** A point on the screen, to place something beside. */
export function pointAt(x: number, y: number): VirtualElement {
    return { getBoundingClientRect: () => ({ x, y, left: x, top: y, right: x, bottom: y, width: 0, height: 0 }) };
}

/** Where the rest can not be loaded: below, as far as the screen goes. */
function placeSimply(reference: Element | VirtualElement, floating: HTMLElement, gap: number): void {
    const { left, bottom } = reference.getBoundingClientRect();
    floating.style.left = `${Math.max(0, Math.min(left, innerWidth - floating.offsetWidth))}px`;
    floating.style.top = `${Math.max(0, Math.min(bottom + gap, innerHeight - floating.offsetHeight))}px`;
    floating.style.opacity = "";
}

/** The top layer: no `overflow` cuts it, no `z-index` covers it, and it stays in its own tree (and shadow root). */
function showOnTop(floating: HTMLElement): void {
    if (typeof floating.showPopover !== "function" || !floating.isConnected) return;
    try {
        floating.showPopover();
    } catch {
        // It is open already, or was taken away meanwhile: `position: fixed` alone has to do.
    }
}
