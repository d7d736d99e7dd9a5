import type { Editor } from "@tiptap/core";
import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSSRApp, defineComponent, h, nextTick } from "vue";
import { renderToString } from "vue/server-renderer";
import { provideChat } from "../chat/index.js";
import { provideDialog } from "../composables/index.js";
import { provideI18n } from "../i18n/index.js";
import { aDialog, aMessage, aParticipant, PEOPLE, rowsOf } from "../testing/fixtures.js";
import { StoryClient, storyChat } from "../testing/story-client.js";
import Composer from "./Composer.vue";
import { stageDialog } from "./fixture.js";

let shown: VueWrapper;
beforeEach(() => localStorage.clear());
afterEach(() => shown.unmount());

const simple = () => shown.find("textarea");
const rich = () => shown.find<HTMLElement & { editor: Editor }>(".mtchat-editor__text");
const richCame = () => vi.waitUntil(() => rich().exists(), 10_000);

describe("until the rich field is there", () => {
    it("one writes in a simple one, and goes on in the rich one", async () => {
        const staged = stageDialog();
        shown = mount(Composer, { attachTo: document.body, global: { provide: staged.provide } });
        simple().element.focus();
        await simple().setValue("Hel");
        await richCame();
        await nextTick();
        expect(rich().element.editor.getText()).toBe("Hel");
        expect(document.activeElement).toBe(rich().element);
    });

    it("a word that is being composed is not interrupted", async () => {
        shown = mount(Composer, { attachTo: document.body, global: { provide: stageDialog().provide } });
        await simple().trigger("compositionstart");
        await import("./editor/RichEditor.vue");
        await flushPromises();
        expect(simple().exists()).toBe(true);
        await simple().trigger("compositionend");
        await richCame();
        expect(simple().exists()).toBe(false);
    });

    it("the focus of something else stays where it is", async () => {
        shown = mount(Composer, { attachTo: document.body, global: { provide: stageDialog().provide } });
        shown.get<HTMLElement>('[aria-label="Attach files"]').element.focus();
        await richCame();
        await nextTick();
        expect(document.activeElement?.getAttribute("aria-label")).toBe("Attach files");
    });
});

describe("where pages are rendered on a server", () => {
    it("the simple field is there, with the draft", async () => {
        const staged = stageDialog();
        staged.draft.value = "<p>Kept</p>";
        const app = createSSRApp(Composer);
        for (const key of Object.getOwnPropertySymbols(staged.provide)) app.provide(key, staged.provide[key]);
        shown = mount(Composer, { global: { provide: staged.provide } });
        expect(await renderToString(app)).toContain("Kept</textarea>");
    });
});

describe("the format button", () => {
    it("shows the toolbar, also the next time", async () => {
        const staged = stageDialog();
        shown = mount(Composer, { attachTo: document.body, global: { provide: staged.provide } });
        await richCame();
        expect(shown.find("[role=toolbar]").exists()).toBe(false);
        await shown.get('[aria-label="Formatting"]').trigger("click");
        expect(shown.find("[role=toolbar]").exists()).toBe(true);
        shown.unmount();
        shown = mount(Composer, { attachTo: document.body, global: { provide: staged.provide } });
        await richCame();
        expect(shown.find("[role=toolbar]").exists()).toBe(true);
    });
});

describe("with the client", () => {
    async function withClient() {
        const dialog = aDialog();
        const own = aMessage({ dialog_id: dialog.id, sender_id: PEOPLE.anna.id, content: "<p>Own</p>" });
        const participants = new Map([[dialog.id, [PEOPLE.anna, PEOPLE.jonas].map(({ id }) => aParticipant({ user_id: id }))]]);
        const client = new StoryClient({ dialogs: [dialog], participants, drafts: new Map([[dialog.id, "<p>Kept <strong>draft</strong></p>"]]) });
        client.show(dialog.id, rowsOf(own));
        const Pane = defineComponent(() => {
            const chat = storyChat(client);
            provideI18n({ locale: "en" });
            provideChat(chat);
            provideDialog(() => dialog.id, chat);
            return () => h(Composer);
        });
        shown = mount(Pane, { attachTo: document.body });
        await richCame();
        const { editor } = rich().element;
        const press = async (key: string) => {
            editor.view.someProp("handleKeyDown", (handle) => handle(editor.view, new KeyboardEvent("keydown", { key, cancelable: true })) || undefined);
            await flushPromises();
        };
        return { client, dialog, own, editor, press };
    }

    it("the draft is there, and is sent with its formats", async () => {
        const { client, dialog, editor, press } = await withClient();
        editor.view.dispatch(editor.state.tr.insertText("!"));
        await press("Enter");
        expect(client.wanted("send")).toEqual([[dialog.id, "<p>Kept <strong>draft!</strong></p>", expect.anything()]]);
        expect(editor.isEmpty).toBe(true);
    });

    it("↑ loads the last own message, and Esc brings the draft's field back", async () => {
        const { client, dialog, own, editor, press } = await withClient();
        editor.commands.clearContent(true);
        await press("ArrowUp");
        expect(editor.getText()).toBe("Own");
        editor.view.dispatch(editor.state.tr.insertText(" new"));
        await press("Enter");
        expect(client.wanted("edit")).toEqual([[dialog.id, own.id, "<p>Own new</p>"]]);
        expect(editor.isEmpty).toBe(true);
    });
});
