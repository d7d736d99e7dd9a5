import { computed, nextTick, onBeforeUpdate, onUpdated, shallowRef, type Ref } from "vue";

export interface RovingRows {
    /** The row that Tab leads to. */
    readonly current: Readonly<Ref<string | null>>;
    readonly currentIndex: Readonly<Ref<number>>;
    onKeydown(event: KeyboardEvent): void;
    onFocusin(event: FocusEvent): void;
    /** Put the focus on a row, the current one by default. */
    focus(index?: number): Promise<void>;
}

export interface RovingRowsOptions {
    /** Their keys, in order. */
    keys: Ref<readonly string[]>;
    /** Where Tab leads to while the user has been nowhere. */
    preferred: () => string | null;
    root: Ref<HTMLElement | null>;
    /** How many rows fit on the screen. */
    pageSize: () => number;
    scrollTo(index: number): void;
}

/**
 * Arrow keys in a list of which only a part is in the page: one row can be reached by Tab, the keys lead on from it. A row is an
 * element with `data-row-key`.
 */
export function useRovingRows({ keys, preferred, root, pageSize, scrollTo }: RovingRowsOptions): RovingRows {
    const visited = shallowRef<string | null>(null);
    const indexes = computed(() => new Map(keys.value.map((key, index) => [key, index])));
    const current = computed(() => {
        const wanted = [visited.value, preferred()].find((key) => key !== null && indexes.value.has(key));
        return wanted ?? keys.value[0] ?? null;
    });
    const currentIndex = computed(() => (current.value === null ? -1 : (indexes.value.get(current.value) ?? -1)));

    async function focus(index = currentIndex.value): Promise<void> {
        const key = keys.value[index];
        if (key === undefined) return;
        visited.value = key;
        scrollTo(index);
        await nextTick();
        rowOf(root.value, key)?.focus({ preventScroll: true });
    }

    function onKeydown(event: KeyboardEvent): void {
        if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
        const to = target(event.key, currentIndex.value, keys.value.length - 1, pageSize());
        if (to === null) return;
        event.preventDefault();
        void focus(to);
    }

    function onFocusin(event: FocusEvent): void {
        const key = (event.target as HTMLElement).closest<HTMLElement>("[data-row-key]")?.dataset["rowKey"];
        if (key !== undefined) visited.value = key;
    }

    keepFocus(root);
    return { current, currentIndex, onKeydown, onFocusin, focus };
}

function target(key: string, from: number, last: number, page: number): number | null {
    switch (key) {
        case "ArrowDown":
            return Math.min(from + 1, last);
        case "ArrowUp":
            return Math.max(from - 1, 0);
        case "PageDown":
            return Math.min(from + page, last);
        case "PageUp":
            return Math.max(from - page, 0);
        case "Home":
            return 0;
        case "End":
            return last;
        default:
            return null;
    }
}

/** A row that moves in the page, because something was said in it, loses the focus: it gets it back. */
function keepFocus(root: Ref<HTMLElement | null>): void {
    let focused: string | null = null;
    onBeforeUpdate(() => {
        const active = activeIn(root.value);
        focused = active?.dataset["rowKey"] ?? null;
    });
    onUpdated(() => {
        if (focused !== null && activeIn(root.value) === null && isNowhere(root.value)) rowOf(root.value, focused)?.focus({ preventScroll: true });
        focused = null;
    });
}

function rowOf(root: HTMLElement | null, key: string): HTMLElement | null {
    return root?.querySelector<HTMLElement>(`[data-row-key="${CSS.escape(key)}"]`) ?? null;
}

function activeIn(root: HTMLElement | null): HTMLElement | null {
    const active = activeElement(root);
    return active instanceof HTMLElement && root?.contains(active) ? active : null;
}

/** The focus was lost, not taken by something else. */
function isNowhere(root: HTMLElement | null): boolean {
    const active = activeElement(root);
    return active === null || active === root?.ownerDocument.body;
}

/** In a shadow root it is the root's own that counts. */
function activeElement(root: HTMLElement | null): Element | null {
    return (root?.getRootNode() as Document | ShadowRoot | undefined)?.activeElement ?? null;
}
