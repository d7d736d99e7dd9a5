import type { DialogItemView } from "../generated/core.js";

/** As the core orders dialogs: pinned first, then by their last message, then by id. */
export function inOrder(dialogs: Iterable<DialogItemView>): DialogItemView[] {
    return [...dialogs].sort((one, other) => {
        const byPin = Number(other.is_pinned === true) - Number(one.is_pinned === true);
        return byPin || later(lastMoment(one), lastMoment(other)) || later(one.id, other.id);
    });
}

/** Times have a fixed form and ids too, so their texts are in the order of what they say. */
function later(one: string, other: string): number {
    return one === other ? 0 : one > other ? -1 : 1;
}

function lastMoment(dialog: DialogItemView): string {
    return dialog.last_message_at ?? dialog.created_at;
}
