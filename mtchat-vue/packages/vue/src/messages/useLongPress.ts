import { onScopeDispose } from "vue";

/** How long a finger rests before it means a menu. */
export const LONG_PRESS = 500;

/** Moved further than this, it scrolls. */
const TOLERANCE = 10;

export interface LongPress {
    onPointerdown(event: PointerEvent): void;
    onPointermove(event: PointerEvent): void;
    onPointerup(): void;
    onPointercancel(): void;
}

/** A finger that rests on a row. A mouse has its right button, and a pen too. */
export function useLongPress(pressed: (event: PointerEvent) => void): LongPress {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let from = { x: 0, y: 0 };
    const stop = () => {
        clearTimeout(timer);
        timer = undefined;
    };
    // A row may go while a finger rests on it: it is scrolled away, or its message is deleted.
    onScopeDispose(stop, true);
    return {
        onPointerdown(event) {
            stop();
            if (event.pointerType !== "touch" || !event.isPrimary) return;
            from = { x: event.clientX, y: event.clientY };
            timer = setTimeout(() => pressed(event), LONG_PRESS);
        },
        onPointermove(event) {
            if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > TOLERANCE) stop();
        },
        onPointerup: stop,
        onPointercancel: stop,
    };
}
