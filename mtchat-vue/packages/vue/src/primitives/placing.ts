import { autoUpdate, computePosition, flip, offset, shift, size, type Placement, type VirtualElement } from "@floating-ui/vue";

const EDGE = 8;

/** Keep `floating` beside `reference` and on the screen until what comes back is called. A chunk of its own: nothing is placed before somebody acts. */
export function place(reference: Element | VirtualElement, floating: HTMLElement, placement: Placement, gap: number): () => void {
    return autoUpdate(reference, floating, () => void placeOnce(reference, floating, placement, gap));
}

async function placeOnce(reference: Element | VirtualElement, floating: HTMLElement, placement: Placement, gap: number): Promise<void> {
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
    floating.style.opacity = "";
    floating.dataset["side"] = side;
}
