import type { ChainedCommands, Editor } from "@tiptap/core";
import type { ResolvedPos } from "@tiptap/pm/model";
import { AllSelection, TextSelection } from "@tiptap/pm/state";
import type { MessageKey } from "../../i18n/index.js";
import type { IconName } from "../../icons/index.js";

export type FormatName =
    | "bold"
    | "italic"
    | "underline"
    | "strike"
    | "link"
    | "bulletList"
    | "orderedList"
    | "quote"
    | "code"
    | "codeBlock"
    | "clear";

/** A button of the toolbar. */
export interface Format {
    readonly name: FormatName;
    readonly icon: IconName;
    readonly label: MessageKey;
    /** With `Mod` for Ctrl or ⌘. */
    readonly keys: string;
    /** First of a group. */
    readonly startsGroup?: boolean;
}

/** In the order of the toolbar: what does not fit goes into a menu from the end. */
export const FORMATS: readonly Format[] = [
    { name: "bold", icon: "bold", label: "formatting.bold", keys: "Mod+B" },
    { name: "italic", icon: "italic", label: "formatting.italic", keys: "Mod+I" },
    { name: "underline", icon: "underline", label: "formatting.underline", keys: "Mod+U" },
    { name: "strike", icon: "strikethrough", label: "formatting.strike", keys: "Mod+Shift+S" },
    { name: "link", icon: "link", label: "formatting.link", keys: "Mod+Shift+L", startsGroup: true },
    { name: "bulletList", icon: "list-bullet", label: "formatting.bulletList", keys: "Mod+Shift+8", startsGroup: true },
    { name: "orderedList", icon: "list-numbered", label: "formatting.orderedList", keys: "Mod+Shift+7" },
    { name: "quote", icon: "quote", label: "formatting.quote", keys: "Mod+Shift+B" },
    { name: "code", icon: "code", label: "formatting.code", keys: "Mod+E", startsGroup: true },
    { name: "codeBlock", icon: "code-block", label: "formatting.codeBlock", keys: "Mod+Shift+C" },
    { name: "clear", icon: "clear-formatting", label: "formatting.clear", keys: "Mod+\\", startsGroup: true },
];

const NODE_OF: Partial<Record<FormatName, string>> = { quote: "blockquote" };

/** Which formats hold at the caret. */
export function activeFormats(editor: Editor): ReadonlySet<FormatName> {
    return new Set(FORMATS.map(({ name }) => name).filter((name) => name !== "clear" && editor.isActive(NODE_OF[name] ?? name)));
}

/** Set or take a format. A link asks for its address first: that is the editor's. */
export function applyFormat(editor: Editor, name: Exclude<FormatName, "link">): boolean {
    const chain = onText(editor.chain().focus());
    switch (name) {
        case "bold":
            return chain.toggleBold().run();
        case "italic":
            return chain.toggleItalic().run();
        case "underline":
            return chain.toggleUnderline().run();
        case "strike":
            return chain.toggleStrike().run();
        case "bulletList":
            return onLines(chain).toggleBulletList().run();
        case "orderedList":
            return onLines(chain).toggleOrderedList().run();
        case "quote":
            return onLines(chain).toggleBlockquote().run();
        case "code":
            return chain.toggleCode().run();
        case "codeBlock":
            return onLines(chain).toggleCodeBlock().run();
        case "clear":
            return clearFormatting(editor);
    }
}

/** After Mod+A the document itself is selected, which can not be lifted out of a quote or a list. */
function onText(chain: ChainedCommands): ChainedCommands {
    return chain.command(({ tr }) => {
        if (tr.selection instanceof AllSelection) tr.setSelection(TextSelection.between(tr.doc.resolve(0), tr.doc.resolve(tr.doc.content.size)));
        return true;
    });
}

/** Shift+Enter makes lines of one paragraph; a list or a quote is made of those that are meant, not of all that was written above. */
function onLines(chain: ChainedCommands): ChainedCommands {
    return chain.command(({ tr }) => {
        const { $from, $to } = tr.selection;
        if ($from.parent.type.name !== "paragraph" || $from.depth !== 1) return true;
        const before = breaksOf($from).findLast((place) => place < $from.pos);
        const after = breaksOf($to).find((place) => place >= $to.pos);
        if (after !== undefined) {
            tr.delete(after, after + 1).split(after);
            // The caret at the end of its line would have gone to the next one.
            tr.setSelection(TextSelection.create(tr.doc, $from.pos, $to.pos));
        }
        if (before !== undefined) tr.delete(before, before + 1).split(before);
        return true;
    });
}

/** Where lines end in the paragraph of this place. */
function breaksOf(place: ResolvedPos): readonly number[] {
    const places: number[] = [];
    place.parent.forEach((node, offset) => {
        if (node.type.name === "hardBreak") places.push(place.start() + offset);
    });
    return places;
}

/** Plain paragraphs again. */
export function clearFormatting(editor: Editor): boolean {
    return editor.chain().focus().clearNodes().unsetAllMarks().run();
}

/** `Mod+Shift+S` as the system writes it: ⌘⇧S, Ctrl+Shift+S. */
export function shownKeys(keys: string, isApple: boolean): string {
    if (!isApple) return keys.replace("Mod", "Ctrl");
    return keys.replace("Mod", "⌘").replace("Shift", "⇧").replaceAll("+", "");
}
