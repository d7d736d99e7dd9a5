import { onScopeDispose } from "vue";

/** How long a finger rests for it to be no tap. */
const LONG = 500;
/** A finger that moves further scrolls. */
const SLACK = 10;

export interface LongPress {
    onPointerdown(event: PointerEvent): void;
    onPointermove(event: PointerEvent): void;
    onPointerup(): void;
    onPointercancel(): void;
    /** In the capture phase: the click that ends a long press is none. */
    onClickCapture(event: MouseEvent): void;
}

/** Tells of a finger that rests on something; a mouse has a right button for it. */
export function useLongPress(pressed: (event: PointerEvent) => void): LongPress {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let start: PointerEvent | null = null;
    let wasLong = false;

    const stop = () => {
        clearTimeout(timer);
        start = null;
    };
    onScopeDispose(stop);

    return {
        onPointerdown(event) {
            stop();
            wasLong = false;
            if (event.pointerType === "mouse" || !event.isPrimary) return;
            start = event;
            timer = setTimeout(() => {
                wasLong = true;
                start = null;
                pressed(event);
            }, LONG);
        },
        onPointermove(event) {
            if (start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > SLACK) stop();
        },
        onPointerup: stop,
        onPointercancel: stop,
        onClickCapture(event) {
            if (!wasLong) return;
            wasLong = false;
            event.preventDefault();
            event.stopPropagation();
        },
    };
}
