import { computed, type ComputedRef, onMounted, onScopeDispose, type Ref, shallowRef, watch } from "vue";
import { Rows, type RowsOptions } from "./rows.js";

/** A row that is in the page. */
export interface PlacedRow<T> {
    readonly key: string;
    readonly index: number;
    readonly item: T;
    /** Pixels from the top. */
    readonly start: number;
}

export interface UseRowsReturn<T> {
    readonly rows: Rows<T>;
    /** What is in the page now. */
    readonly placed: ComputedRef<readonly PlacedRow<T>[]>;
    /** Of all rows. */
    readonly height: ComputedRef<number>;
    /** Raised whenever something about the rows is different. */
    readonly version: Readonly<Ref<number>>;
}

export interface UseRowsOptions<T> extends Omit<RowsOptions<T>, "changed"> {
    /** An index that stays in the page though it is out of sight: it has the focus. */
    kept?: () => number;
}

/** Only the rows around what is to be seen are in the page. Whoever has the items tells `rows` of them. */
export function useRows<T>(scroller: Ref<HTMLElement | null>, { kept, ...options }: UseRowsOptions<T>): UseRowsReturn<T> {
    const version = shallowRef(0);
    const rows = new Rows<T>({ ...options, changed: () => (version.value += 1) });

    // After the page has been patched: before, the place to scroll to may not be there yet.
    watch([version, scroller], () => rows.settle(scroller.value), { flush: "post" });
    onMounted(() => rows.settle(scroller.value));
    onScopeDispose(() => rows.detach());

    return {
        rows,
        version,
        placed: computed(() => {
            void version.value;
            return rows.indexes(kept?.()).map((index) => {
                const item = rows.items[index]!;
                return { key: options.keyOf(item), index, item, start: rows.placeOf(index) };
            });
        }),
        height: computed(() => {
            void version.value;
            return rows.total;
        }),
    };
}
