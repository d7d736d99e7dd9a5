import type { Wire } from "./wire.js";

/** A way to all other tabs of the same scope. */
export interface Channel {
    post(told: Wire): void;
    /** Called with whatever another tab posts. */
    heard: ((told: Wire) => void) | null;
    close(): void;
}

/** What is needed of Web Locks. */
export type Locks = Pick<LockManager, "request">;

/** What lets tabs find each other. */
export interface Platform {
    locks: Locks;
    channel(name: string): Channel;
    /** There are no other tabs. */
    isAlone: boolean;
    /** Whether this tab is looked at. */
    isSeen(): boolean;
}

/** That of the browser; `null`: there is none, or not on pages like this one. */
export function browserPlatform(): Platform | null {
    // Both are there in Node too, and in workers: but those are no tabs, and a channel keeps a process alive.
    if (typeof document === "undefined" || typeof BroadcastChannel === "undefined") return null;
    // Only on pages that came over HTTPS or from this machine.
    const locks: Locks | undefined = navigator.locks;
    if (locks === undefined) return null;
    const isSeen = () => document.visibilityState === "visible";
    return { locks, channel: (name) => new TabChannel(name), isAlone: false, isSeen };
}

class TabChannel implements Channel {
    heard: ((told: Wire) => void) | null = null;
    private readonly channel: BroadcastChannel;

    constructor(name: string) {
        this.channel = new BroadcastChannel(name);
        this.channel.onmessage = ({ data }: MessageEvent<Wire>) => this.heard?.(data);
    }

    post(told: Wire): void {
        this.channel.postMessage(told);
    }

    close(): void {
        this.heard = null;
        this.channel.close();
    }
}
