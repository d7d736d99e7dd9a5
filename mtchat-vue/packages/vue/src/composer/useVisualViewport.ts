import { type MaybeRefOrGetter, onBeforeUnmount, onMounted, toValue } from "vue";

/** How much of the page an on-screen keyboard must take before it counts as one; bars that come and go take less. */
const KEYBOARD_PX = 120;

/**
 * While an on-screen keyboard is open, `--mtchat-viewport-height` of `root` is the height that is left of it on the screen, and the
 * class `mtchat--keyboard` is there: iOS lays the keyboard over the page, so that without this the composer is behind it.
 */
export function useVisualViewport(root: MaybeRefOrGetter<HTMLElement | null | undefined>): void {
    let viewport: VisualViewport | null = null;

    const fit = () => {
        const element = toValue(root);
        if (!element || viewport === null) return;
        const isKeyboard = window.innerHeight - viewport.height * viewport.scale > KEYBOARD_PX;
        element.classList.toggle("mtchat--keyboard", isKeyboard);
        if (isKeyboard) element.style.setProperty("--mtchat-viewport-height", `${visibleHeight(element, viewport)}px`);
        else element.style.removeProperty("--mtchat-viewport-height");
    };

    onMounted(() => {
        viewport = window.visualViewport ?? null;
        viewport?.addEventListener("resize", fit);
        viewport?.addEventListener("scroll", fit);
    });
    onBeforeUnmount(() => {
        viewport?.removeEventListener("resize", fit);
        viewport?.removeEventListener("scroll", fit);
        viewport = null;
    });
}

/** From the root's top, or the screen's if that is lower, to the keyboard. */
function visibleHeight(element: HTMLElement, viewport: VisualViewport): number {
    const top = Math.max(element.getBoundingClientRect().top - viewport.offsetTop, 0);
    return Math.max(Math.round(viewport.height - top), 0);
}
