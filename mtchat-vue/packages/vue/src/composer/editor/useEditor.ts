import { createDocument, Editor } from "@tiptap/core";
import { EditorState, Selection } from "@tiptap/pm/state";
import { onBeforeUnmount, onMounted, type Ref, type ShallowRef, shallowRef } from "vue";
import { type EditorSetup, editorExtensions } from "./extensions.js";
import { activeFormats, type FormatName } from "./formats.js";
import { htmlIn, htmlOut } from "./html-out.js";

export interface UseEditorOptions extends EditorSetup {
    /** What is written at the beginning. */
    content(): string;
    /** Of the element that is edited. */
    attributes(isBlank: boolean): Record<string, string>;
    /** `true`: the key is taken. */
    onKeydown(event: KeyboardEvent): boolean;
    /** `true`: what is pasted or dropped is taken. */
    onTransfer(data: DataTransfer | null): boolean;
    /** Somebody wrote; the HTML of all of it. */
    onWrite(html: string): void;
    onBlur(): void;
}

export interface UseEditorReturn {
    readonly editor: Readonly<ShallowRef<Editor | null>>;
    /** What holds at the caret. */
    readonly active: Readonly<ShallowRef<ReadonlySet<FormatName>>>;
    /** Put another text in. It can not be undone: it may be another dialog's. */
    replace(html: string): void;
    /** Attributes or placeholder are different. */
    refresh(): void;
}

const PARSING = { preserveWhitespace: "full" } as const;

/** A ProseMirror editor in `host`, for as long as the component is there. */
export function useEditor(host: Readonly<Ref<HTMLElement | null>>, options: UseEditorOptions): UseEditorReturn {
    const editor = shallowRef<Editor | null>(null);
    const active = shallowRef<ReadonlySet<FormatName>>(new Set());

    const look = (of: Editor) => {
        const now = activeFormats(of);
        // The same set stays the same object: the toolbar is not drawn at each key.
        if (now.size !== active.value.size || [...now].some((name) => !active.value.has(name))) active.value = now;
    };

    onMounted(() => {
        editor.value = createEditor(host.value!, options, look);
        look(editor.value);
    });
    onBeforeUnmount(() => {
        editor.value?.destroy();
        editor.value = null;
    });

    return {
        editor,
        active,
        replace: (html) => {
            if (editor.value === null) return;
            replaceDocument(editor.value, html);
            look(editor.value);
        },
        refresh: () => editor.value?.view.updateState(editor.value.state),
    };
}

function createEditor(element: HTMLElement, options: UseEditorOptions, look: (editor: Editor) => void): Editor {
    const editor = new Editor({
        element,
        extensions: editorExtensions(options),
        content: htmlIn(options.content()),
        parseOptions: PARSING,
        // The rules are in our own styles: a sheet in the page's head would not reach a shadow root, and a policy may forbid it.
        injectCSS: false,
        onUpdate: ({ editor }) => options.onWrite(htmlOut(editor.getJSON())),
        onTransaction: ({ editor }) => look(editor),
        onBlur: () => options.onBlur(),
    });
    editor.setOptions({
        editorProps: {
            attributes: (state) => options.attributes(state.doc.textContent === ""),
            handleKeyDown: (_, event) => options.onKeydown(event),
            transformPastedHTML: htmlIn,
            handlePaste: (_, event) => options.onTransfer(event.clipboardData),
            // Taken from ProseMirror only; the drop zone around takes the files.
            handleDrop: (_, event) => (event.dataTransfer?.files.length ?? 0) > 0,
        },
    });
    editor.commands.setTextSelection(editor.state.doc.content.size);
    return editor;
}

function replaceDocument(editor: Editor, html: string): void {
    const doc = createDocument(htmlIn(html), editor.schema, PARSING);
    const state = EditorState.create({ doc, plugins: [...editor.state.plugins], selection: Selection.atEnd(doc) });
    editor.view.updateState(state);
}
