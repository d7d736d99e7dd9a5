/** An event as it is now, for later: once it is over, it forgets who listened to it and, in a shadow root, what it hit. */
export function keptEvent(event: Event): Event {
    // The browser's own answer can not be held back afterwards.
    if (event.type === "contextmenu") event.preventDefault();
    const kept = event instanceof MouseEvent ? new MouseEvent(event.type, event) : new Event(event.type, event);
    const { currentTarget, target } = event;
    const path = event.composedPath();
    Object.defineProperties(kept, {
        currentTarget: { value: currentTarget },
        target: { value: path[0] ?? target },
        composedPath: { value: () => path },
        ...("touches" in event && { touches: { value: event.touches } }),
    });
    return kept;
}
