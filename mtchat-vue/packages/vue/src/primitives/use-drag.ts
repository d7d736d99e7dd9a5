import { onScopeDispose, toValue, type MaybeRefOrGetter, type Ref } from "vue";

/** Moves an element by what is dragged of it, never wholly off the screen. */
export function useDrag(element: Readonly<Ref<HTMLElement | null>>, enabled: MaybeRefOrGetter<boolean | undefined>): { start(event: PointerEvent): void; reset(): void } {
    const EDGE = 48;
    let [x, y] = [0, 0];
    let stop: (() => void) | null = null;

    function start(event: PointerEvent): void {
        const moved = element.value;
        if (!toValue(enabled) || !moved || event.button !== 0 || (event.target as Element).closest("button")) return;
        const box = moved.getBoundingClientRect();
        const [fromX, fromY] = [event.clientX - x, event.clientY - y];
        const [left, top] = [box.left - x, box.top - y];
        const move = (next: PointerEvent): void => {
            x = clamp(next.clientX - fromX, EDGE - left - box.width, window.innerWidth - EDGE - left);
            y = clamp(next.clientY - fromY, -top, window.innerHeight - EDGE - top);
            moved.style.translate = `${x}px ${y}px`;
        };
        stop?.();
        stop = () => {
            window.removeEventListener("pointermove", move);
            window.removeEventListener("pointerup", end);
            stop = null;
        };
        const end = (): void => stop?.();
        window.addEventListener("pointermove", move);
        window.addEventListener("pointerup", end);
        event.preventDefault();
    }

    function reset(): void {
        [x, y] = [0, 0];
        if (element.value) element.value.style.translate = "";
    }

    onScopeDispose(() => stop?.());
    return { start, reset };
}

function clamp(value: number, min: number, max: number): number {
    return Math.min(Math.max(value, min), max);
}
