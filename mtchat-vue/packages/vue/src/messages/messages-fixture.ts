import { shallowRef } from "vue";
import { vi } from "vitest";
import type { TimelineItem } from "../composables/types.js";
import { aMessage } from "../testing/fixtures.js";

/** The messages of a dialog for tests of behaviour: refs that a test sets, and functions that remember. */
export function someMessages(items: readonly TimelineItem[] = []) {
    return {
        items: shallowRef(items),
        isFresh: shallowRef(true),
        hasOlder: shallowRef(false),
        hasNewer: shallowRef(false),
        isLoadingOlder: shallowRef(false),
        isLoadingNewer: shallowRef(false),
        firstUnreadId: shallowRef<string | null>(null),
        newestId: shallowRef<string | null>(null),
        loadOlder: vi.fn(async () => {}),
        loadNewer: vi.fn(async () => {}),
        jumpTo: vi.fn(async (_id: string) => true),
        toLatest: vi.fn(async () => {}),
        markRead: vi.fn(async (_id: string) => {}),
    };
}

/** A row of somebody's message. */
export function row(id: string, isOwn = false): TimelineItem {
    return { kind: "message", key: id, message: aMessage({ id }), isOwn, isFirst: true, isLast: true };
}
