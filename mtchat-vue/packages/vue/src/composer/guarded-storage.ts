/** A small thing that is remembered in this browser, or forgotten where that is forbidden (private windows, sandboxed frames). */
export function remembered(key: string): string | null {
    try {
        return localStorage.getItem(key);
    } catch {
        return null;
    }
}

export function remember(key: string, value: string): void {
    try {
        localStorage.setItem(key, value);
    } catch {
        // Then it holds until the page goes.
    }
}
