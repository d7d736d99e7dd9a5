import type { Row } from "@mtchat/client";
import { computed, onScopeDispose, shallowRef, watch } from "vue";
import type { Chat } from "../chat/index.js";
import type { ReadRef, UseMessagesReturn } from "./types.js";

/** How long to wait for rows that were asked for, in milliseconds: as long as the client waits for an answer, and for another try. */
const PATIENCE = 30_000;

/** The paging of {@link UseMessagesReturn}, and a way to wait for rows. */
type Paging = Pick<UseMessagesReturn, "hasOlder" | "hasNewer" | "isLoadingOlder" | "isLoadingNewer" | "loadOlder" | "loadNewer" | "loadGap" | "toLatest"> & {
    until(condition: () => boolean): Promise<boolean>;
};

/** Loading what is before and after the rows of a dialog. */
export function usePaging(id: ReadRef<string | null>, rows: ReadRef<readonly Row[]>, chat: Chat): Paging {
    const { client } = chat;
    const oldest = computed(() => rows.value[0]);
    const newest = computed(() => rows.value.findLast((row) => !("sending" in row)));
    const hasOlder = computed(() => isGap(oldest.value));
    const hasNewer = computed(() => isGap(newest.value));
    const until = useUntil(rows, id);
    /** Load at an edge; whoever wants the same meanwhile waits for the same. */
    const loading = (edge: ReadRef<Row | undefined>, load: (dialog: string) => Promise<void>) => {
        const running = shallowRef<Promise<void> | null>(null);
        const begin = async (dialog: string) => {
            const before = edge.value;
            await load(dialog);
            await until(() => edge.value !== before);
        };
        const run = (): Promise<void> => {
            if (id.value === null || !isGap(edge.value)) return Promise.resolve();
            if (running.value !== null) return running.value;
            const now = begin(id.value).finally(() => {
                if (running.value === now) running.value = null;
            });
            running.value = now;
            return now;
        };
        // What another dialog is waiting for is nothing to this one.
        watch(id, () => (running.value = null), { flush: "sync" });
        return { run, isRunning: computed(() => running.value !== null) };
    };
    const older = loading(oldest, (dialog) => client.older(dialog));
    const newer = loading(newest, (dialog) => client.newer(dialog));
    return {
        hasOlder,
        hasNewer,
        isLoadingOlder: older.isRunning,
        isLoadingNewer: newer.isRunning,
        loadOlder: older.run,
        loadNewer: newer.run,
        async loadGap({ after, before }, from = "above") {
            if (id.value === null) return;
            const has = () => rows.value.some((row) => "gap" in row && row.gap.after === after && row.gap.before === before);
            if (!has()) return;
            if (after === null) return older.run();
            if (before === null) return newer.run();
            // Between two loaded parts: what is around one of its ends joins them, sooner or later.
            await client.jump(id.value, from === "above" ? after : before);
            await until(() => !has());
        },
        async toLatest() {
            if (id.value === null) return;
            await client.latest(id.value);
            await until(() => !hasNewer.value);
        },
        until,
    };
}

/** Waits until something is so with the rows; `false`: it will not be, for another dialog is meant now, or it took too long. */
function useUntil(rows: ReadRef<readonly Row[]>, id: ReadRef<string | null>): (condition: () => boolean) => Promise<boolean> {
    const waiting = new Set<() => void>();
    onScopeDispose(() => {
        for (const end of [...waiting]) end();
    });
    return (condition) =>
        new Promise((resolve) => {
            const meant = id.value;
            const end = (result = false) => {
                waiting.delete(end);
                clearTimeout(timer);
                stop();
                resolve(result);
            };
            let stop: () => void = () => undefined;
            const timer = setTimeout(end, PATIENCE);
            const look = () => {
                if (id.value !== meant) end();
                else if (condition()) end(true);
            };
            waiting.add(end);
            stop = watch([rows, id], look, { flush: "sync" });
            look();
        });
}

function isGap(row: Row | undefined): boolean {
    return row !== undefined && "gap" in row;
}
