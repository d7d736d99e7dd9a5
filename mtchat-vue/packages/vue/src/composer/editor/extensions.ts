import { Extension, type Extensions, markInputRule, markPasteRule, mergeAttributes } from "@tiptap/core";
import { Blockquote } from "@tiptap/extension-blockquote";
import { Bold } from "@tiptap/extension-bold";
import { Code } from "@tiptap/extension-code";
import { CodeBlock } from "@tiptap/extension-code-block";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Italic } from "@tiptap/extension-italic";
import { Link } from "@tiptap/extension-link";
import { BulletList, ListItem, ListKeymap, OrderedList } from "@tiptap/extension-list";
import { Mention, type MentionOptions } from "@tiptap/extension-mention";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Strike } from "@tiptap/extension-strike";
import { Text } from "@tiptap/extension-text";
import { Underline } from "@tiptap/extension-underline";
import { Placeholder, UndoRedo } from "@tiptap/extensions";
import { applyFormat, clearFormatting } from "./formats.js";
import { normaliseLink } from "./link.js";

export interface EditorSetup {
    placeholder(): string;
    /** Mod+Shift+L was pressed. */
    onLink(): void;
    /** How people are suggested after `@`. */
    suggestion: MentionOptions["suggestion"];
}

/** What a message may be made of: just what the server lets through. Pasted HTML is cut down to it by the schema. */
export function editorExtensions(setup: EditorSetup): Extensions {
    return [
        Document,
        Paragraph,
        Text,
        HardBreak,
        Bold,
        italic(),
        Underline,
        Strike,
        Code.configure({ HTMLAttributes: { class: "mtchat-code" } }),
        CodeBlock.configure({ HTMLAttributes: { class: "mtchat-code-block" } }),
        Blockquote,
        BulletList,
        orderedList(),
        ListItem,
        ListKeymap,
        webLinks(),
        mentions(setup.suggestion),
        UndoRedo,
        Placeholder.configure({ placeholder: setup.placeholder }),
        shortcuts(setup.onLink),
    ];
}

/** Blanks inside the stars are arithmetic: «2 * 3 * 4» is a size of a box and not emphasis. */
const STARRED = String.raw`(?:^|\s)(\*(?![\s*])([^*]*[^*\s])\*)`;
const UNDERSCORED = String.raw`(?:^|\s)(_(?![\s_])([^_]*[^_\s])_)`;

function italic() {
    return Italic.extend({
        addInputRules() {
            return [STARRED, UNDERSCORED].map((pattern) => markInputRule({ find: new RegExp(`${pattern}$`, "u"), type: this.type }));
        },
        addPasteRules() {
            return [STARRED, UNDERSCORED].map((pattern) => markPasteRule({ find: new RegExp(`${pattern}(?![\\p{L}\\p{N}])`, "gu"), type: this.type }));
        },
    });
}

/** Messages know no other numbers than 1, 2, 3: what is pasted is shown as it will be sent. */
function orderedList() {
    return OrderedList.extend({ addAttributes: () => ({ start: { default: 1, parseHTML: () => 1, renderHTML: () => ({}) } }) });
}

/** In the field, too, a link leads where it would lead in the message: `//host` and `host` are none before they are whole. */
function webLinks() {
    return Link.extend({
        addAttributes() {
            return {
                ...this.parent?.(),
                href: {
                    default: null,
                    parseHTML: (element: HTMLElement) => normaliseLink(element.getAttribute("href") ?? ""),
                    renderHTML: ({ href }: Record<string, unknown>) => ({ href: normaliseLink(String(href ?? "")) ?? "" }),
                },
            };
        },
    }).configure({
        openOnClick: false,
        autolink: true,
        linkOnPaste: true,
        markdownLinks: true,
        defaultProtocol: "https",
        isAllowedUri: (url) => normaliseLink(url) !== null,
        HTMLAttributes: { class: "mtchat-link", target: "_blank", rel: "noopener noreferrer nofollow" },
    });
}

/** Reads all spellings of a mention that there are in messages. */
function mentions(suggestion: MentionOptions["suggestion"]) {
    return Mention.extend({
        parseHTML: () => [{ tag: 'span[data-type="mention"]' }, { tag: "span[data-mention]" }, { tag: "span.mtchat-mention[data-id]" }],
        addAttributes: () => ({
            id: { default: "", parseHTML: (element: HTMLElement) => element.dataset["id"] ?? element.dataset["mention"] ?? "" },
            label: { default: "", parseHTML: (element: HTMLElement) => element.dataset["label"] ?? (element.textContent ?? "").replace(/^@/u, "") },
        }),
        renderHTML({ node }) {
            return ["span", mergeAttributes({ "data-type": "mention", "data-id": node.attrs["id"], "data-label": node.attrs["label"], class: "mtchat-mention" }), `@${node.attrs["label"]}`];
        },
        renderText: ({ node }) => `@${node.attrs["label"]}`,
    }).configure({ suggestion });
}

/** Shortcuts that the pieces above do not bring. */
function shortcuts(onLink: () => void) {
    return Extension.create({
        name: "mtchatShortcuts",
        priority: 150,
        addKeyboardShortcuts() {
            return {
                "Mod-Shift-l": () => {
                    onLink();
                    return true;
                },
                "Mod-Shift-7": () => applyFormat(this.editor, "orderedList"),
                "Mod-Shift-8": () => applyFormat(this.editor, "bulletList"),
                "Mod-Shift-b": () => applyFormat(this.editor, "quote"),
                "Mod-Shift-c": () => applyFormat(this.editor, "codeBlock"),
                "Mod-\\": () => clearFormatting(this.editor),
                // Otherwise it would leave the block.
                "Shift-Enter": () => this.editor.isActive("codeBlock") && this.editor.commands.newlineInCode(),
                // It sends, and never makes a line.
                "Mod-Enter": () => true,
            };
        },
    });
}
