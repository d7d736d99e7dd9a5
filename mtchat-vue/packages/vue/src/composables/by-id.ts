import type { DialogItemView } from "@mtchat/client";

const indexes = new WeakMap<readonly DialogItemView[], ReadonlyMap<string, DialogItemView>>();

/** The dialogs of a list by id. Lists of the client never change, so each is indexed once, for however many who look. */
export function byId(dialogs: readonly DialogItemView[]): ReadonlyMap<string, DialogItemView> {
    let index = indexes.get(dialogs);
    if (index === undefined) {
        index = new Map(dialogs.map((dialog) => [dialog.id, dialog]));
        indexes.set(dialogs, index);
    }
    return index;
}
