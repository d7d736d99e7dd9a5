import { autoUpdate, computePosition, flip, offset, shift, size, type Placement, type VirtualElement } from "@floating-ui/vue";

const GAP = 4;
const EDGE = 8;

/** Keep `floating` beside `reference` and on the screen, above everything, until what comes back is called. */
export function placeBeside(reference: Element | VirtualElement, floating: HTMLElement, placement: Placement, gap = GAP): () => void {
    showOnTop(floating);
    return autoUpdate(reference, floating, () => void place(reference, floating, placement, gap));
}

/** A point on the screen, to place something beside. */
export function pointAt(x: number, y: number): VirtualElement {
    return { getBoundingClientRect: () => ({ x, y, left: x, top: y, right: x, bottom: y, width: 0, height: 0 }) };
}

async function place(reference: Element | VirtualElement, floating: HTMLElement, placement: Placement, gap: number): Promise<void> {
    const { x, y, placement: side } = await computePosition(reference, floating, {
        placement,
        strategy: "fixed",
        middleware: [
            offset(gap),
            flip({ padding: EDGE }),
            shift({ padding: EDGE }),
            size({
                padding: EDGE,
                apply: ({ availableHeight, availableWidth }) => {
                    floating.style.setProperty("--mtchat-available-height", `${Math.max(96, Math.floor(availableHeight))}px`);
                    floating.style.setProperty("--mtchat-available-width", `${Math.floor(availableWidth)}px`);
                },
            }),
        ],
    });
    floating.style.left = `${Math.round(x)}px`;
    floating.style.top = `${Math.round(y)}px`;
    floating.dataset["side"] = side;
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
