import { EXPOSED_FIELDS, EXPOSED_METHODS } from "@mtchat/vue";

/** What `<MTChat>` exposes; `<MTChatPrime>` exposes the same. */
export const EXPOSED = [...EXPOSED_FIELDS, ...EXPOSED_METHODS] as const;

/** An object whose members are those of what `inner` gives when they are asked for. */
export function forwarded(inner: () => object | null): Record<(typeof EXPOSED)[number], unknown> {
    const all = {};
    for (const name of EXPOSED) {
        Object.defineProperty(all, name, { enumerable: true, get: () => (inner() as Record<string, unknown> | null)?.[name] });
    }
    return all as Record<(typeof EXPOSED)[number], unknown>;
}
