import type { DialogItemView } from "@mtchat/client";

/** Pinned first, then by last activity (the last message, else the creation), as the server orders them. */
export function inOrder(dialogs: Iterable<DialogItemView>): DialogItemView[] {
    return [...dialogs].sort((one, other) => {
        const byPin = Number(other.is_pinned === true) - Number(one.is_pinned === true);
        return byPin || later(activityOf(one), activityOf(other)) || later(one.id, other.id);
    });
}

function activityOf(dialog: DialogItemView): string {
    return dialog.last_message_at ?? dialog.created_at;
}

/** Times have a fixed form and ids too, so their texts are in the order of what they say. */
function later(one: string, other: string): number {
    return one === other ? 0 : one > other ? -1 : 1;
}
