import { Editor } from "@tiptap/core";
import { onTestFinished } from "vitest";
import { editorExtensions, type EditorSetup } from "./extensions.js";
import { htmlIn, htmlOut } from "./html-out.js";

/** @internal An editor for tests, without the components around it. */
export function anEditor(content = "", setup: Partial<EditorSetup> = {}): Editor {
    const editor = new Editor({
        element: document.createElement("div"),
        extensions: editorExtensions({ placeholder: () => "", onLink: () => undefined, suggestion: { items: () => [] }, ...setup }),
        content: htmlIn(content),
        parseOptions: { preserveWhitespace: "full" },
        injectCSS: false,
    });
    // It looks at the page once more a moment later, when there may be none any more.
    onTestFinished(() => editor.destroy());
    return editor;
}

/** @internal What an editor would send. */
export function sent(editor: Editor): string {
    return htmlOut(editor.getJSON());
}
