import type { DialogItemView } from "@mtchat/client";

/** One row of the list. */
export type ListRow =
    | { readonly kind: "dialog"; readonly key: string; readonly dialog: DialogItemView; readonly position: number; readonly total: number }
    /** There are more of them. */
    | { readonly kind: "more"; readonly key: "more" | "archived-more"; readonly of: "dialogs" | "archived" }
    | { readonly kind: "archived"; readonly key: "archived"; readonly isOpen: boolean; readonly count: number | null }
    | { readonly kind: "archived-state"; readonly key: "archived-state"; readonly state: "loading" | "empty" | "failed" };

/** Of what the rows are made. */
export interface ListParts {
    readonly dialogs: readonly DialogItemView[];
    readonly hasMore: boolean;
    /** `null`: there is no such part here. */
    readonly archived: {
        readonly isOpen: boolean;
        readonly isLoading: boolean;
        /** The server has said which there are. */
        readonly isKnown: boolean;
        readonly hasMore: boolean;
        readonly dialogs: readonly DialogItemView[];
    } | null;
}

/** Pixels of a row before it is measured. */
export const ROW_HEIGHTS: Readonly<Record<ListRow["kind"], number>> = { dialog: 72, more: 48, archived: 48, "archived-state": 56 };

/** The rows of a list, archived dialogs below the others. */
export function listRows({ dialogs, hasMore, archived }: ListParts): readonly ListRow[] {
    const rows = dialogRows(dialogs);
    if (hasMore) rows.push({ kind: "more", key: "more", of: "dialogs" });
    if (archived === null) return rows;
    rows.push({ kind: "archived", key: "archived", isOpen: archived.isOpen, count: archived.isKnown ? archived.dialogs.length : null });
    if (!archived.isOpen) return rows;
    rows.push(...dialogRows(archived.dialogs));
    if (archived.hasMore) rows.push({ kind: "more", key: "archived-more", of: "archived" });
    if (archived.dialogs.length === 0) rows.push({ kind: "archived-state", key: "archived-state", state: stateOf(archived) });
    return rows;
}

function stateOf({ isLoading, isKnown }: { isLoading: boolean; isKnown: boolean }): "loading" | "empty" | "failed" {
    if (isLoading) return "loading";
    return isKnown ? "empty" : "failed";
}

function dialogRows(dialogs: readonly DialogItemView[]): ListRow[] {
    return dialogs.map((dialog, at) => ({ kind: "dialog", key: dialog.id, dialog, position: at + 1, total: dialogs.length }));
}
