import type { Locks } from "./platform.js";

/** Show that this tab lives, as long as it does: a lock goes with the tab that holds it, whatever becomes of that. */
export function live(locks: Locks, name: string): Promise<() => void> {
    return new Promise((alive) => {
        void locks.request(name, () => new Promise<void>((die) => alive(die)));
    });
}

/** Call back when whoever holds this lock is gone. */
export function whenGone(locks: Locks, name: string, signal: AbortSignal, gone: () => void): void {
    locks.request(name, { signal }, () => void gone()).catch(() => undefined);
}
