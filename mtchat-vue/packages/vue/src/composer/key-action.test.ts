import { describe, expect, it } from "vitest";
import { type KeyAction, type KeyPlace, keyAction } from "./key-action.js";

const text: KeyPlace = { isEmpty: false, isStructured: false, isCoarse: false };
const press = (key: string, init: KeyboardEventInit = {}) => new KeyboardEvent("keydown", { key, ...init });

describe("keys of the composer", () => {
    it.each<[string, KeyboardEvent, Partial<KeyPlace>, KeyAction | null]>([
        ["Enter sends", press("Enter"), {}, "send"],
        ["Shift+Enter makes a line", press("Enter", { shiftKey: true }), {}, null],
        ["Enter in a list makes an item", press("Enter"), { isStructured: true }, null],
        ["Ctrl+Enter in a list sends", press("Enter", { ctrlKey: true }), { isStructured: true }, "send"],
        ["Cmd+Enter in a list sends", press("Enter", { metaKey: true }), { isStructured: true }, "send"],
        ["Enter on a touch screen makes a line", press("Enter"), { isCoarse: true }, null],
        ["Ctrl+Enter with a keyboard at a tablet sends", press("Enter", { ctrlKey: true }), { isCoarse: true }, "send"],
        ["Enter while a word is composed chooses it", press("Enter", { isComposing: true }), {}, null],
        ["Enter of Safari's composition chooses it", press("Enter", { keyCode: 229 }), {}, null],
        ["↑ in an empty field edits", press("ArrowUp"), { isEmpty: true }, "edit_last"],
        ["↑ in a text moves", press("ArrowUp"), {}, null],
        ["Shift+↑ selects", press("ArrowUp", { shiftKey: true }), { isEmpty: true }, null],
        ["Esc cancels", press("Escape"), {}, "cancel"],
        ["a letter is a letter", press("a"), {}, null],
    ])("%s", (_, event, place, action) => {
        expect(keyAction(event, { ...text, ...place })).toBe(action);
    });
});
