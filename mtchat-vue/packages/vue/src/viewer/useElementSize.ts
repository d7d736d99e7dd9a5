import { onScopeDispose, readonly, shallowRef, watch, type Ref } from "vue";
import type { ReadRef } from "../composables/types.js";
import type { Size } from "./zoom.js";

/** How large an element is inside. */
export function useElementSize(element: Ref<HTMLElement | null>): ReadRef<Size> {
    const size = shallowRef<Size>({ width: 0, height: 0 });
    let observer: ResizeObserver | undefined;
    const stop = () => observer?.disconnect();
    watch(
        element,
        (now) => {
            stop();
            if (!now) return;
            const measure = () => {
                const [width, height] = [now.clientWidth, now.clientHeight];
                if (width !== size.value.width || height !== size.value.height) size.value = { width, height };
            };
            measure();
            observer = new ResizeObserver(measure);
            observer.observe(now);
        },
        { flush: "post", immediate: true },
    );
    onScopeDispose(stop);
    return readonly(size) as ReadRef<Size>;
}
