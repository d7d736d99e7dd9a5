import type { ZoomPan } from "./useZoomPan.js";

export interface ViewerActions {
    close(): void;
    /** To the left or right as it is seen: in languages that run from right to left the next file is on the left. */
    go(side: "left" | "right"): void;
    zoom: ZoomPan;
    /** How many pixels of height the stage has. */
    page(): number;
}

/** Pixels that an arrow key moves. */
const LINE = 80;

/** The viewer by keyboard. */
export function useViewerKeys({ close, go, zoom, page }: ViewerActions): (event: KeyboardEvent) => void {
    const down = (y: number) => () => zoom.move({ x: 0, y: -y });
    const keys: Readonly<Record<string, () => void>> = {
        Escape: close,
        ArrowLeft: () => go("left"),
        ArrowRight: () => go("right"),
        "+": zoom.zoomIn,
        "=": zoom.zoomIn,
        "-": zoom.zoomOut,
        "−": zoom.zoomOut,
        "0": zoom.reset,
        ArrowDown: down(LINE),
        ArrowUp: down(-LINE),
        PageDown: () => down(page() * 0.9)(),
        PageUp: () => down(page() * -0.9)(),
        Home: down(-Number.MAX_SAFE_INTEGER),
        End: down(Number.MAX_SAFE_INTEGER),
    };
    return (event) => {
        // With Ctrl or Cmd they are the browser's.
        const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
        if (!act) return;
        event.preventDefault();
        // What is behind it has keys of its own.
        event.stopPropagation();
        act();
    };
}
