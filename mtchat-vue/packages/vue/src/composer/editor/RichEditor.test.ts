import type { Editor } from "@tiptap/core";
import { flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";
import { aTransfer, stageDialog } from "../fixture.js";
import type { FieldProps } from "../types.js";
import RichEditor from "./RichEditor.vue";

const people = [
    { id: "u1", name: "Greta Müller", company: "Altona Logistik" },
    { id: "u2", name: "Marc Alton", company: "Northwind Freight" },
];
const unmounts: (() => void)[] = [];
beforeEach(() => {
    // happy-dom measures nothing.
    Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
    Range.prototype.getBoundingClientRect ??= () => new DOMRect();
});
afterEach(() => unmounts.splice(0).forEach((unmount) => unmount()));

async function open(props: Partial<FieldProps> = {}) {
    const field = mount(RichEditor, {
        attachTo: document.body,
        props: { modelValue: "", subject: "d1/", placeholder: "Write…", label: "Message", people, hasToolbar: false, isCoarse: false, isInvalid: false, ...props },
        global: { provide: stageDialog().provide },
    });
    unmounts.push(() => field.unmount());
    await nextTick();
    const box = field.get<HTMLElement>("[role=textbox]");
    const { editor } = box.element as HTMLElement & { editor: Editor };
    const type = async (text: string) => {
        for (const letter of text) editor.view.dispatch(editor.state.tr.insertText(letter));
        await flushPromises();
    };
    const press = async (key: string, init: KeyboardEventInit = {}) => {
        const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
        editor.view.someProp("handleKeyDown", (handle) => handle(editor.view, event) || undefined);
        await flushPromises();
        return event;
    };
    return { field, box, editor, type, press, written: () => field.emitted("update:modelValue")?.at(-1)?.[0] };
}

describe("the rich field", () => {
    it("tells what is written, and that somebody types", async () => {
        const { field, type, written } = await open();
        await type("Hi");
        expect(written()).toBe("<p>Hi</p>");
        expect(field.emitted("typed")).toHaveLength(2);
    });

    it("is a text box with a name and many lines", async () => {
        const { box, field } = await open();
        expect(box.attributes()).toMatchObject({ "aria-label": "Message", "aria-multiline": "true", "aria-placeholder": "Write…" });
        await field.setProps({ label: "Сообщение", isInvalid: true });
        expect(box.attributes()).toMatchObject({ "aria-label": "Сообщение", "aria-invalid": "true" });
    });

    it("takes another text without telling of it, and without a way back by undo", async () => {
        const { field, editor, type } = await open();
        await type("for Jonas");
        const told = field.emitted("update:modelValue")!.length;
        await field.setProps({ modelValue: "<p>draft</p>", subject: "d2/" });
        expect(editor.getText()).toBe("draft");
        editor.commands.undo();
        expect(editor.getText()).toBe("draft");
        expect(field.emitted("update:modelValue")).toHaveLength(told);
    });

    it("forgets what was written also when the next dialog has the same text", async () => {
        const { field, editor, type } = await open();
        await type("a");
        editor.commands.clearContent(true);
        await field.setProps({ modelValue: "", subject: "d2/" });
        editor.commands.undo();
        expect(editor.getText()).toBe("");
    });

    it("keeps the caret when what it wrote comes back", async () => {
        const { field, editor, type, written } = await open();
        await type("Hello");
        editor.commands.setTextSelection(3);
        await field.setProps({ modelValue: written() as string });
        expect(editor.state.selection.from).toBe(3);
    });

    it("sends with Enter, not in lists, and there with Mod+Enter", async () => {
        const { field, editor, type, press } = await open();
        await type("Hi");
        await press("Enter");
        expect(field.emitted("submit")).toHaveLength(1);
        editor.commands.toggleBulletList();
        await press("Enter");
        expect(field.emitted("submit")).toHaveLength(1);
        await press("Enter", { ctrlKey: true });
        expect(field.emitted("submit")).toHaveLength(2);
        expect(editor.getText().trim()).toBe("Hi");
    });

    it("makes a line with Enter on touch", async () => {
        const { field, type, press, written } = await open({ isCoarse: true });
        await type("a");
        await press("Enter");
        await type("b");
        expect(field.emitted("submit")).toBeUndefined();
        expect(written()).toBe("<p>a</p><p>b</p>");
    });

    it("tells of ↑ in an empty field and of Esc", async () => {
        const { field, type, press } = await open();
        await press("ArrowUp");
        await press("Escape");
        await type("a");
        await press("ArrowUp");
        expect(field.emitted("edit-last")).toHaveLength(1);
        expect(field.emitted("cancel")).toHaveLength(1);
    });

    it("takes emoji where the caret is", async () => {
        const { field, editor, type, written } = await open();
        await type("ab");
        editor.commands.setTextSelection(2);
        (field.vm as unknown as { insertText(text: string): void }).insertText("🚢");
        expect(written()).toBe("<p>a🚢b</p>");
    });

    it("attaches files that are pasted", async () => {
        const { field, editor } = await open();
        const picture = new File(["x"], "scan.png", { type: "image/png" });
        const event = Object.assign(new Event("paste", { cancelable: true }), { clipboardData: aTransfer([picture]) }) as unknown as ClipboardEvent;
        const isTaken = editor.view.someProp("handlePaste", (handle) => handle(editor.view, event, editor.state.selection.content()) || undefined);
        expect(isTaken).toBe(true);
        expect(field.emitted("files")).toEqual([[[picture]]]);
    });

    it("asks for a link and sets it", async () => {
        const { field, type, press, written } = await open();
        await type("see ");
        await press("L", { ctrlKey: true, shiftKey: true, keyCode: 76 });
        const [address, text] = field.findAll("input");
        await address!.setValue("example.com/a");
        await text!.setValue("here");
        await field.get("form").trigger("submit");
        expect(written()).toBe('<p>see <a href="https://example.com/a" target="_blank" rel="noopener noreferrer nofollow ugc">here</a></p>');
    });

    it("refuses an address that leads nowhere", async () => {
        const { field, press, written } = await open();
        await press("L", { ctrlKey: true, shiftKey: true, keyCode: 76 });
        await field.get("input").setValue("javascript:alert(1)");
        await field.get("form").trigger("submit");
        expect(field.get("[role=alert]").text()).toContain("web address");
        expect(written()).toBeUndefined();
    });
});

describe("mentions", () => {
    const options = (field: Awaited<ReturnType<typeof open>>["field"]) => field.findAll("[role=option]").map((option) => option.text());

    it("offers people, by name or company, and writes whom Enter takes", async () => {
        const { field, box, type, press, written } = await open();
        await type("Hi @");
        expect(options(field)).toHaveLength(2);
        await type("north");
        expect(options(field)).toEqual([expect.stringContaining("Marc Alton")]);
        expect(box.attributes("aria-activedescendant")).toBe(field.get("[role=option]").attributes("id"));
        expect(box.attributes("aria-controls")).toBe(field.get("[role=listbox]").attributes("id"));
        await press("Enter");
        expect(written()).toBe('<p>Hi <span data-type="mention" data-id="u2" data-label="Marc Alton" class="mtchat-mention">@Marc Alton</span></p>');
        expect(field.find("[role=listbox]").exists()).toBe(false);
        expect(field.emitted("submit")).toBeUndefined();
    });

    it("goes through them with ↓ ↑, and Tab takes one", async () => {
        const { field, type, press, written } = await open();
        await type("@");
        await press("ArrowDown");
        expect(field.findAll("[role=option]").map((option) => option.attributes("aria-selected"))).toEqual(["false", "true"]);
        await press("ArrowDown");
        await press("ArrowUp");
        await press("Tab");
        expect(written()).toContain('data-id="u2"');
    });

    it("closes with Esc, which cancels nothing else", async () => {
        const { field, type, press } = await open();
        const stop = vi.spyOn(KeyboardEvent.prototype, "stopPropagation");
        await type("@gre");
        await press("Escape");
        expect(field.find("[role=listbox]").exists()).toBe(false);
        expect(field.emitted("cancel")).toBeUndefined();
        expect(stop).toHaveBeenCalled();
        stop.mockRestore();
    });

    it("does not stand in the way when nobody fits", async () => {
        const { field, type, press } = await open();
        await type("mail me@example @nobody");
        expect(field.find("[role=listbox]").exists()).toBe(false);
        await press("Enter");
        expect(field.emitted("submit")).toHaveLength(1);
    });

    it("takes a click, and a name with a blank", async () => {
        const { field, type, written } = await open();
        await type("@greta m");
        await field.get("[role=option]").trigger("click");
        expect(written()).toContain('data-id="u1" data-label="Greta Müller"');
    });
});
