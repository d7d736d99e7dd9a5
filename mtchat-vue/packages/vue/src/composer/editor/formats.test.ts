import { describe, expect, it } from "vitest";
import { anEditor, sent } from "./fixture.js";
import { activeFormats, applyFormat, FORMATS, type FormatName, shownKeys } from "./formats.js";

type Applied = Exclude<FormatName, "link">;

describe("formats", () => {
    it.each<[Applied, string]>([
        ["bold", "<p><strong>text</strong></p>"],
        ["italic", "<p><em>text</em></p>"],
        ["underline", "<p><u>text</u></p>"],
        ["strike", "<p><s>text</s></p>"],
        ["code", "<p><code>text</code></p>"],
        ["bulletList", "<ul><li><p>text</p></li></ul>"],
        ["orderedList", "<ol><li><p>text</p></li></ol>"],
        ["quote", "<blockquote><p>text</p></blockquote>"],
        ["codeBlock", "<pre><code>text</code></pre>"],
    ])("%s is set, shown as active, and taken again", (name, html) => {
        const editor = anEditor("<p>text</p>");
        editor.commands.selectAll();
        applyFormat(editor, name);
        expect(sent(editor)).toBe(html);
        expect(activeFormats(editor)).toContain(name);
        applyFormat(editor, name);
        expect(sent(editor)).toBe("<p>text</p>");
        expect(activeFormats(editor)).not.toContain(name);
    });

    it("clears all at once", () => {
        const editor = anEditor("<ul><li><p><strong>a</strong></p></li></ul><blockquote><p><em>b</em></p></blockquote>");
        editor.commands.selectAll();
        applyFormat(editor, "clear");
        expect(sent(editor)).toBe("<p>a</p><p>b</p>");
    });

    it.each<[Applied, number, number, string]>([
        ["bulletList", 5, 5, "<p>one</p><ul><li><p>two</p></li></ul><p>six</p>"],
        ["quote", 8, 8, "<p>one</p><blockquote><p>two</p></blockquote><p>six</p>"],
        ["codeBlock", 1, 1, "<pre><code>one</code></pre><p>two<br>six</p>"],
        ["orderedList", 6, 10, "<p>one</p><ol><li><p>two<br>six</p></li></ol>"],
    ])("%s is of the lines that are meant (%i to %i)", (name, from, to, html) => {
        const editor = anEditor("<p>one<br>two<br>six</p>");
        editor.commands.setTextSelection({ from, to });
        applyFormat(editor, name);
        expect(sent(editor)).toBe(html);
        expect(activeFormats(editor)).toContain(name);
    });

    it("shows each once in the toolbar", () => {
        expect(new Set(FORMATS.map(({ name }) => name)).size).toBe(FORMATS.length);
    });

    it.each([
        ["Mod+B", false, "Ctrl+B"],
        ["Mod+Shift+S", false, "Ctrl+Shift+S"],
        ["Mod+Shift+S", true, "⌘⇧S"],
        ["Mod+\\", true, "⌘\\"],
    ])("writes %s (Apple: %s) as %s", (keys, isApple, shown) => {
        expect(shownKeys(keys, isApple)).toBe(shown);
    });
});
