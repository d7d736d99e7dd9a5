import { computed, type ComputedRef, onMounted, type Ref, shallowRef } from "vue";
import { type ColumnName, type Columns, fitColumns, limitsOf, type ShownColumns, USUAL } from "./columns.js";

/** Where the widths are remembered. */
const PLACE = "mtchat.columns";

export interface ResizableColumns {
    /** As they are now. */
    readonly columns: ComputedRef<Columns>;
    /** One of them is being dragged. */
    readonly isResizing: Readonly<Ref<boolean>>;
    limits(name: ColumnName): { min: number; max: number };
    resize(name: ColumnName, width: number): void;
    /** Back to the usual width. */
    reset(name: ColumnName): void;
    begin(): void;
    /** What it is now is remembered. */
    end(): void;
}

/** Widths of the columns beside the chat: wanted by the user, remembered, and never more than there is room for. */
export function useColumns(whole: Readonly<Ref<number>>, shown: () => ShownColumns): ResizableColumns {
    const wanted = shallowRef<Columns>({ ...USUAL });
    const held = shallowRef<ColumnName>("list");
    const isResizing = shallowRef(false);
    const columns = computed(() => fitColumns(wanted.value, whole.value || Number.MAX_SAFE_INTEGER, shown(), held.value));

    onMounted(() => {
        wanted.value = remembered();
    });

    const resize = (name: ColumnName, width: number) => {
        held.value = name;
        // The other one stays where it is seen, and comes back as it was wanted when there is room.
        wanted.value = { ...wanted.value, [name]: fitColumns({ ...wanted.value, [name]: width }, whole.value, shown(), name)[name] };
    };
    const keep = () => remember(wanted.value);
    return {
        columns,
        isResizing,
        limits: (name) => limitsOf(name, columns.value, whole.value, shown()),
        resize,
        reset(name) {
            resize(name, USUAL[name]);
            keep();
        },
        begin() {
            isResizing.value = true;
        },
        end() {
            isResizing.value = false;
            keep();
        },
    };
}

/** Pages may forbid to keep things, and users may have kept anything. */
function remembered(): Columns {
    try {
        const kept: unknown = JSON.parse(localStorage.getItem(PLACE) ?? "{}");
        const { list, info } = (typeof kept === "object" && kept !== null ? kept : {}) as Partial<Record<ColumnName, unknown>>;
        return { list: typeof list === "number" ? list : USUAL.list, info: typeof info === "number" ? info : USUAL.info };
    } catch {
        return { ...USUAL };
    }
}

function remember(columns: Columns): void {
    try {
        localStorage.setItem(PLACE, JSON.stringify(columns));
    } catch {
        // Then not: the next page begins with the usual ones.
    }
}
