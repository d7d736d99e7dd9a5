import type { Channel, Locks, Platform } from "./platform.js";

/** What a client has that shares nothing with other tabs: locks of its own, and nobody to talk to. */
export function alone(): Platform {
    const channel: Channel = { post: () => undefined, heard: null, close: () => undefined };
    return { locks: new OwnLocks(), channel: () => channel, isAlone: true, isSeen: () => false };
}

interface Waiting {
    grant(): Promise<unknown>;
    options: LockOptions;
}

/** As much of Web Locks as tabs need, within one page. */
export class OwnLocks {
    private readonly held = new Map<string, { lost(why: unknown): void }>();
    private readonly queues = new Map<string, Waiting[]>();

    readonly request = ((name: string, ...rest: unknown[]): Promise<unknown> => {
        const held = rest.pop() as () => unknown;
        const options = (rest[0] ?? {}) as LockOptions;
        return new Promise((resolve, reject) => {
            const grant = () => {
                this.held.set(name, { lost: reject });
                return Promise.resolve(held()).then(resolve, reject);
            };
            const waiting: Waiting = { grant, options };
            options.signal?.addEventListener("abort", () => {
                const queue = this.queue(name);
                const place = queue.indexOf(waiting);
                if (place < 0) return;
                queue.splice(place, 1);
                reject(new DOMException("waiting was given up", "AbortError"));
            });
            if (options.steal === true) {
                this.held.get(name)?.lost(new DOMException("the lock was taken away", "AbortError"));
                this.held.delete(name);
                this.queue(name).unshift(waiting);
            } else {
                this.queue(name).push(waiting);
            }
            queueMicrotask(() => this.next(name));
        });
    }) as Locks["request"];

    private next(name: string): void {
        if (this.held.has(name)) return;
        const waiting = this.queue(name).shift();
        if (waiting === undefined) return;
        const done = waiting.grant();
        const mine = this.held.get(name);
        void done.finally(() => {
            // It may be another one's by now.
            if (this.held.get(name) !== mine) return;
            this.held.delete(name);
            this.next(name);
        });
    }

    private queue(name: string): Waiting[] {
        const queue = this.queues.get(name) ?? [];
        this.queues.set(name, queue);
        return queue;
    }
}
