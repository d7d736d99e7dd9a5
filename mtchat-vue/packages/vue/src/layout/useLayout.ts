import { computed, type ComputedRef, onBeforeUnmount, onMounted, shallowReadonly, shallowRef, type ShallowRef } from "vue";

/** How much room there is: one column, two, or three. */
export type LayoutSize = "mobile" | "tablet" | "desktop";

/** From which width on, in pixels. */
const TABLET = 768;
const DESKTOP = 1_200;

export interface Layout {
    /** Of the root; 0 before it is known. */
    readonly width: Readonly<ShallowRef<number>>;
    readonly size: ComputedRef<LayoutSize>;
}

/** What a width has room for. Before anything is measured, as on a server, for all. */
export function sizeOf(width: number): LayoutSize {
    if (width === 0 || width >= DESKTOP) return "desktop";
    return width >= TABLET ? "tablet" : "mobile";
}

/** The width of an element, whatever that of the window is. */
export function useLayout(root: Readonly<ShallowRef<HTMLElement | null>>): Layout {
    const width = shallowRef(0);
    const measure = (measured: number) => {
        // An element that is not shown has no width, and needs no other layout for that.
        if (measured > 0) width.value = measured;
    };
    let observer: ResizeObserver | undefined;
    onMounted(() => {
        if (root.value === null) return;
        // At once, so that the first picture is right already.
        measure(root.value.getBoundingClientRect().width);
        if (typeof ResizeObserver === "undefined") return;
        observer = new ResizeObserver((entries) => measure(entries.at(-1)?.contentRect.width ?? 0));
        observer.observe(root.value);
    });
    onBeforeUnmount(() => observer?.disconnect());
    return { width: shallowReadonly(width), size: computed(() => sizeOf(width.value)) };
}
