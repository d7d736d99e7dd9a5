import type { Editor } from "@tiptap/core";
import { getMarkRange } from "@tiptap/core";
import { type Ref, type ShallowRef, shallowRef } from "vue";

/** What is asked of a link. */
export interface LinkRequest {
    /** Where it leads now; `""`: it is a new one. */
    readonly href: string;
    /** Nothing is selected that could become the link, so its text is asked for too. */
    readonly needsText: boolean;
}

export interface UseLinkReturn {
    readonly request: Readonly<ShallowRef<LinkRequest | null>>;
    ask(): void;
    apply(href: string, text: string): void;
    remove(): void;
    cancel(): void;
}

/** The link at the caret: asked for in a dialog, then set. */
export function useLink(editor: Readonly<Ref<Editor | null>>): UseLinkReturn {
    const request = shallowRef<LinkRequest | null>(null);
    const finish = (change?: (editor: Editor) => void) => {
        request.value = null;
        if (editor.value !== null) change?.(editor.value);
    };
    return {
        request,
        ask: () => {
            if (editor.value !== null) request.value = requestOf(editor.value);
        },
        apply: (href, text) => finish((of) => setLink(of, href, text)),
        remove: () => finish((of) => void of.chain().focus().extendMarkRange("link").unsetLink().run()),
        cancel: () => finish((of) => void of.commands.focus()),
    };
}

function requestOf(editor: Editor): LinkRequest {
    const href = String(editor.getAttributes("link")["href"] ?? "");
    return { href, needsText: href === "" && editor.state.selection.empty };
}

function setLink(editor: Editor, href: string, text: string): void {
    const { $from, empty } = editor.state.selection;
    const isInLink = getMarkRange($from, editor.schema.marks["link"]!) !== undefined;
    if (empty && !isInLink) {
        // The blank after it is outside: what is written next is no link.
        const link = { type: "text", text: text.trim() || href, marks: [{ type: "link", attrs: { href } }] };
        editor
            .chain()
            .focus()
            .insertContent([link, { type: "text", text: " " }])
            .run();
    } else {
        editor.chain().focus().extendMarkRange("link").setLink({ href }).run();
    }
}
