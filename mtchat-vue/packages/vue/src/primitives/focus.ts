const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [contenteditable='true'], [tabindex]:not([tabindex='-1'])";

/** What has the focus, also inside of shadow roots. */
export function activeElement(): HTMLElement | null {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    return active instanceof HTMLElement && active !== document.body ? active : null;
}

/** Give the focus back to what had it, if it is still there. */
export function returnFocus(element: HTMLElement | null | undefined): void {
    if (element?.isConnected) element.focus({ preventScroll: true });
}

/** Can be reached by the keyboard itself. */
export function isFocusable(element: Element): boolean {
    return element.matches(FOCUSABLE);
}

/** Where the focus begins: at what asks for it by `autofocus` (or `data-autofocus`), else at the first that takes it. */
export function firstFocusable(within: Element | null | undefined): HTMLElement | null {
    return within?.querySelector<HTMLElement>("[autofocus], [data-autofocus]") ?? within?.querySelector<HTMLElement>(FOCUSABLE) ?? null;
}

/** The element that an event is about: the one that listens, else the one it hit. */
export function elementOf(event: Event): HTMLElement | null {
    // Once an event is over (a long press tells of it later) only its target is left.
    const element = event.currentTarget ?? event.composedPath()[0] ?? event.target;
    return element instanceof HTMLElement ? element : element instanceof Element ? element.closest<HTMLElement>("button, a, [tabindex]") : null;
}
