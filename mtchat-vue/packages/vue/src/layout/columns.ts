/** The columns beside the chat; pixels. */
export interface Columns {
    list: number;
    info: number;
}

export type ColumnName = keyof Columns;

/** Which of them there are now. */
export type ShownColumns = Readonly<Record<ColumnName, boolean>>;

/** Narrower ones can not be used. */
export const NARROWEST: Readonly<Columns> = { list: 280, info: 240 };
/** What they are before anybody says otherwise. */
export const USUAL: Readonly<Columns> = { list: 320, info: 300 };
/** How much of the whole a column may have, and how much belongs to the chat. */
const WIDEST_SHARE = 0.3;
const CHAT_SHARE = 0.5;

/**
 * The widths that are nearest to the wanted ones: no column narrower than can be used, none wider than its share, and half of the whole for the
 * chat. Where there is not enough for all, the column that is `held` keeps what it has before the other one does; what can be used comes
 * before shares.
 */
export function fitColumns(wanted: Readonly<Columns>, whole: number, shown: ShownColumns, held: ColumnName = "list"): Columns {
    const columns = { list: within("list", wanted.list, whole), info: within("info", wanted.info, whole) };
    const other: ColumnName = held === "list" ? "info" : "list";
    for (const name of [other, held]) {
        const missing = sum(columns, shown) - whole * CHAT_SHARE;
        if (missing > 0 && shown[name]) columns[name] = Math.max(NARROWEST[name], columns[name] - missing);
    }
    return { list: Math.floor(columns.list), info: Math.floor(columns.info) };
}

/** Between what a column may be dragged. */
export function limitsOf(name: ColumnName, columns: Readonly<Columns>, whole: number, shown: ShownColumns): { min: number; max: number } {
    const max = fitColumns({ ...columns, [name]: Number.MAX_SAFE_INTEGER }, whole, shown, name)[name];
    return { min: NARROWEST[name], max };
}

function within(name: ColumnName, wanted: number, whole: number): number {
    const widest = Math.max(NARROWEST[name], whole * WIDEST_SHARE);
    // What was kept may be anything.
    const known = Number.isFinite(wanted) ? wanted : USUAL[name];
    return Math.min(widest, Math.max(NARROWEST[name], known));
}

function sum(columns: Readonly<Columns>, shown: ShownColumns): number {
    return (shown.list ? columns.list : 0) + (shown.info ? columns.info : 0);
}
