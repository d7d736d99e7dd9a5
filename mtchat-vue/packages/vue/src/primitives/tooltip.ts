import type { ObjectDirective } from "vue";
import "./overlays.css";
import { placeBeside } from "./position.js";
import type { TooltipOptions, TooltipPosition, TooltipValue } from "./types.js";

const SHOW_DELAY_MS = 400;
const HIDE_DELAY_MS = 100;
const tooltips = new WeakMap<HTMLElement, Tooltip>();
let lastId = 0;

/** Words beside an element while the pointer is over it or it has the focus: `v-tooltip="text"` or `v-tooltip="{ value, position, showDelay, hideDelay }"`. */
export const vTooltip: ObjectDirective<HTMLElement, TooltipValue> = {
    mounted: (element, { value }) => void tooltips.set(element, new Tooltip(element, optionsOf(value))),
    updated: (element, { value }) => tooltips.get(element)?.update(optionsOf(value)),
    beforeUnmount: (element) => {
        tooltips.get(element)?.destroy();
        tooltips.delete(element);
    },
    getSSRProps: () => ({}),
};

class Tooltip {
    private bubble: HTMLElement | null = null;
    private timer: ReturnType<typeof setTimeout> | undefined;
    private stopPlacing: (() => void) | null = null;
    private describedBefore: string | null = null;
    private readonly listeners: readonly [keyof HTMLElementEventMap, (event: never) => void][] = [
        ["pointerenter", (event: PointerEvent) => this.enter(event)],
        ["pointerleave", () => this.leave()],
        ["pointerdown", () => this.hide()],
        ["focusin", () => this.focus()],
        ["focusout", () => this.hide()],
    ];

    constructor(
        private readonly element: HTMLElement,
        private options: TooltipOptions,
    ) {
        for (const [type, listener] of this.listeners) element.addEventListener(type, listener as EventListener);
    }

    update(options: TooltipOptions): void {
        this.options = options;
        if (!options.value) this.hide();
        else if (this.bubble) this.bubble.textContent = options.value;
    }

    destroy(): void {
        this.hide();
        for (const [type, listener] of this.listeners) this.element.removeEventListener(type, listener as EventListener);
    }

    private enter(event: PointerEvent): void {
        // A finger has no hover: what it presses acts at once.
        if (event.pointerType !== "touch") this.later(() => this.show(), this.options.showDelay ?? SHOW_DELAY_MS);
    }

    private leave(): void {
        this.later(() => this.hide(), this.options.hideDelay ?? HIDE_DELAY_MS);
    }

    private focus(): void {
        // A click focuses too, but its user sees what was clicked.
        if (this.element.matches(":focus-visible") || this.element.querySelector(":focus-visible")) this.show();
    }

    private show(): void {
        clearTimeout(this.timer);
        if (this.bubble || !this.options.value || !this.element.isConnected) return;
        const bubble = document.createElement("div");
        bubble.className = "mtchat-tooltip";
        bubble.id = `mtchat-tooltip-${(lastId += 1)}`;
        bubble.setAttribute("role", "tooltip");
        bubble.setAttribute("popover", "manual");
        bubble.textContent = this.options.value;
        bubble.addEventListener("pointerenter", () => clearTimeout(this.timer));
        bubble.addEventListener("pointerleave", () => this.leave());
        // Inside of an open dialog it must be part of that; else of the root, for tokens and theme.
        (this.element.closest("dialog[open]") ?? this.element.closest(".mtchat") ?? this.element.parentElement)?.append(bubble);
        this.bubble = bubble;
        this.describe(bubble);
        this.stopPlacing = placeBeside(this.element, bubble, placementOf(this.options.position, this.element), 6);
        document.addEventListener("keydown", this.onKeydown, { capture: true });
    }

    private hide(): void {
        clearTimeout(this.timer);
        if (!this.bubble) return;
        document.removeEventListener("keydown", this.onKeydown, { capture: true });
        this.stopPlacing?.();
        this.bubble.remove();
        this.bubble = null;
        if (this.describedBefore) this.element.setAttribute("aria-describedby", this.describedBefore);
        else this.element.removeAttribute("aria-describedby");
    }

    private describe(bubble: HTMLElement): void {
        this.describedBefore = this.element.getAttribute("aria-describedby");
        // A name that says the same would be read twice.
        if (this.element.getAttribute("aria-label") === bubble.textContent) return;
        this.element.setAttribute("aria-describedby", [this.describedBefore, bubble.id].filter(Boolean).join(" "));
    }

    private readonly onKeydown = (event: KeyboardEvent): void => {
        if (event.key === "Escape") this.hide();
    };

    private later(act: () => void, delay: number): void {
        clearTimeout(this.timer);
        this.timer = setTimeout(act, delay);
    }
}

function optionsOf(value: TooltipValue): TooltipOptions {
    return typeof value === "object" && value !== null ? value : { value };
}

/** «Left» is where a line begins, so from right to left it is on the right. */
function placementOf(position: TooltipPosition = "top", element: HTMLElement): TooltipPosition {
    if (position === "top" || position === "bottom" || getComputedStyle(element).direction !== "rtl") return position;
    return position === "left" ? "right" : "left";
}
