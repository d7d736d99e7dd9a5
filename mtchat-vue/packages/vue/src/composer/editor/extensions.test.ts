import { describe, expect, it, vi } from "vitest";
import { anEditor, sent } from "./fixture.js";
import type { Editor } from "@tiptap/core";

function press(editor: Editor, key: string, init: KeyboardEventInit = {}): void {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
    editor.view.someProp("handleKeyDown", (handle) => handle(editor.view, event) || undefined);
}

/** As the browser does it letter by letter, for the shortcuts of markdown. */
function type(editor: Editor, text: string): void {
    for (const letter of text) {
        const { from, to } = editor.state.selection;
        const insert = () => editor.state.tr.insertText(letter, from, to);
        const isTaken = editor.view.someProp("handleTextInput", (handle) => handle(editor.view, from, to, letter, insert) || undefined);
        if (!isTaken) editor.view.dispatch(insert());
    }
}

describe("shortcuts of the editor", () => {
    it.each<[string, KeyboardEventInit, string]>([
        ["b", { ctrlKey: true }, "<p><strong>text</strong></p>"],
        ["i", { ctrlKey: true }, "<p><em>text</em></p>"],
        ["u", { ctrlKey: true }, "<p><u>text</u></p>"],
        ["S", { ctrlKey: true, shiftKey: true, keyCode: 83 }, "<p><s>text</s></p>"],
        ["e", { ctrlKey: true }, "<p><code>text</code></p>"],
        ["C", { ctrlKey: true, shiftKey: true, keyCode: 67 }, "<pre><code>text</code></pre>"],
        ["и", { ctrlKey: true, keyCode: 66 }, "<p><strong>text</strong></p>"],
    ])("%s with %j", (key, init, html) => {
        const editor = anEditor("<p>text</p>");
        editor.commands.selectAll();
        press(editor, key, init);
        expect(sent(editor)).toBe(html);
    });

    it("clears with Mod+\\", () => {
        const editor = anEditor("<p><strong>text</strong></p>");
        editor.commands.selectAll();
        press(editor, "\\", { ctrlKey: true });
        expect(sent(editor)).toBe("<p>text</p>");
    });

    it("asks for a link with Mod+Shift+L", () => {
        const onLink = vi.fn();
        press(anEditor("<p>text</p>", { onLink }), "L", { ctrlKey: true, shiftKey: true, keyCode: 76 });
        expect(onLink).toHaveBeenCalledOnce();
    });

    it("makes a new line with Shift+Enter, also in code", () => {
        const text = anEditor("<p>a</p>");
        text.commands.setTextSelection(2);
        press(text, "Enter", { shiftKey: true });
        type(text, "b");
        expect(sent(text)).toBe("<p>a<br>b</p>");

        const code = anEditor("<pre><code>a</code></pre>");
        code.commands.setTextSelection(2);
        press(code, "Enter", { shiftKey: true });
        type(code, "b");
        expect(sent(code)).toBe("<pre><code>a\nb</code></pre>");
    });

    it("makes a new item with Enter, and leaves the list from an empty one", () => {
        const editor = anEditor("<ul><li><p>a</p></li></ul>");
        editor.commands.setTextSelection(4);
        press(editor, "Enter");
        type(editor, "b");
        expect(sent(editor)).toBe("<ul><li><p>a</p></li><li><p>b</p></li></ul>");
        press(editor, "Enter");
        press(editor, "Enter");
        expect(editor.isActive("bulletList")).toBe(false);
    });
});

describe("markdown", () => {
    it.each([
        ["**bold**", "<p><strong>bold</strong></p>"],
        ["*italic*", "<p><em>italic</em></p>"],
        ["_italic_", "<p><em>italic</em></p>"],
        ["snake_case_name", "<p>snake_case_name</p>"],
        ["~~strike~~", "<p><s>strike</s></p>"],
        ["`code`", "<p><code>code</code></p>"],
        ["- item", "<ul><li><p>item</p></li></ul>"],
        ["1. item", "<ol><li><p>item</p></li></ol>"],
        ["> quote", "<blockquote><p>quote</p></blockquote>"],
        ["``` code", "<pre><code>code</code></pre>"],
        ["2 * 3 * 4", "<p>2 * 3 * 4</p>"],
    ])("%j becomes %j", (text, html) => {
        const editor = anEditor();
        type(editor, text);
        expect(sent(editor)).toBe(html);
    });

    it("makes links of addresses, never of e-mail or scripts", () => {
        const editor = anEditor();
        type(editor, "see example.com/a and me@example.com javascript:alert(1) ok");
        expect(sent(editor)).toBe(
            '<p>see <a href="https://example.com/a" target="_blank" rel="noopener noreferrer nofollow ugc">example.com/a</a> and me@example.com javascript:alert(1) ok</p>',
        );
    });
});

describe("links in the field", () => {
    it.each([
        ["//host.example/x", "https://host.example/x"],
        ["https://host.example/x", "https://host.example/x"],
    ])("%s leads where it will lead in the message", (href, shown) => {
        const editor = anEditor(`<p><a href="${href}">a</a></p>`);
        expect(editor.view.dom.querySelector("a")?.getAttribute("href")).toBe(shown);
        expect(sent(editor)).toContain(`href="${shown}"`);
    });

    it("is none when it leads to no web page", () => {
        expect(sent(anEditor('<p><a href="javascript:alert(1)">a</a></p>'))).toBe("<p>a</p>");
    });
});

it("numbers lists as messages do, however they were numbered where they come from", () => {
    const editor = anEditor('<ol start="5" type="a"><li><p>a</p></li></ol>');
    expect(editor.view.dom.querySelector("ol")?.attributes).toHaveLength(0);
    expect(sent(editor)).toBe("<ol><li><p>a</p></li></ol>");
});
