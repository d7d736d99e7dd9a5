/** Where the caret is, as far as keys mean something else there. */
export interface KeyPlace {
    /** Nothing is written. */
    isEmpty: boolean;
    /** In a list or a code block, where Enter has its own meaning. */
    isStructured: boolean;
    /** Touch: there is no Shift at hand, so Enter makes a new line and the button sends. */
    isCoarse: boolean;
}

export type KeyAction = "send" | "edit_last" | "cancel";

/** What a key does beyond writing; `null`: nothing. */
export function keyAction(event: KeyboardEvent, place: KeyPlace): KeyAction | null {
    // Enter that ends the choice of a Chinese word is not meant for us; Safari tells so by the code only.
    if (event.isComposing || event.keyCode === 229) return null;
    const hasMod = event.ctrlKey || event.metaKey;
    switch (event.key) {
        case "Enter":
            if (event.shiftKey || event.altKey) return null;
            return hasMod || !(place.isStructured || place.isCoarse) ? "send" : null;
        case "ArrowUp":
            return place.isEmpty && !hasMod && !event.shiftKey && !event.altKey ? "edit_last" : null;
        case "Escape":
            return "cancel";
        default:
            return null;
    }
}
