import { vi } from "vitest";

/** A list of this height, and rows of that one. */
export const LIST_HEIGHT = 600;
export const ROW_HEIGHT = 60;

/** Give the elements of a unit test sizes: the DOM that it runs in lays nothing out. To be undone with `vi.restoreAllMocks()`. */
export function layOut(): void {
    const isList = (element: Element) => element.getAttribute("role") === "log";
    const height = (element: Element) => (isList(element) ? LIST_HEIGHT : ROW_HEIGHT);
    for (const name of ["clientHeight", "offsetHeight"] as const) {
        vi.spyOn(HTMLElement.prototype, name, "get").mockImplementation(function (this: HTMLElement) {
            return height(this);
        });
    }
    for (const name of ["clientWidth", "offsetWidth"] as const) vi.spyOn(HTMLElement.prototype, name, "get").mockReturnValue(500);
    vi.spyOn(HTMLElement.prototype, "scrollHeight", "get").mockImplementation(function (this: HTMLElement) {
        const rows = this.querySelector<HTMLElement>(".mtchat-timeline__rows");
        return Math.max(height(this), Number.parseFloat(rows?.style.blockSize ?? "0") || 0);
    });
    vi.spyOn(HTMLElement.prototype, "scrollTo").mockImplementation(function (this: HTMLElement, options?: ScrollToOptions | number) {
        const top = typeof options === "object" ? (options.top ?? 0) : 0;
        this.scrollTop = Math.max(0, Math.min(top, this.scrollHeight - this.clientHeight));
        this.dispatchEvent(new Event("scroll"));
    });
}
