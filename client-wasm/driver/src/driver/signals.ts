/** What the page tells of itself. */
export interface SignalsTold {
    online(online: boolean): void;
    /** The page is looked at again. */
    woke(): void;
    /** What can be seen of it is different. */
    seen(): void;
    /** The page may be put away, for good or for a while, and nothing may run in it then. */
    sleeps(): void;
    /** It is back. */
    returns(): void;
}

/** Listens to the page, where there is one. What comes back ends it. */
export function listen(told: SignalsTold): () => void {
    const end = new AbortController();
    const { signal } = end;
    // In Node there is neither, in workers only the first.
    if (typeof addEventListener === "function") {
        addEventListener("online", () => told.online(true), { signal });
        addEventListener("offline", () => told.online(false), { signal });
    }
    if (typeof document !== "undefined") {
        addEventListener("pagehide", () => told.sleeps(), { signal });
        addEventListener("pageshow", ({ persisted }) => persisted && told.returns(), { signal });
        document.addEventListener("freeze", () => told.sleeps(), { signal });
        document.addEventListener("resume", () => told.returns(), { signal });
        const seen = () => {
            if (isSeen()) told.woke();
            told.seen();
        };
        document.addEventListener("visibilitychange", seen, { signal });
    }
    return () => end.abort();
}

/** Whether there is a page, and somebody may look at it. */
export function isSeen(): boolean {
    return typeof document !== "undefined" && document.visibilityState === "visible";
}
