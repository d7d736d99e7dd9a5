// @vitest-environment node
import { expect, it } from "vitest";
import { createSSRApp, defineComponent, h } from "vue";
import { renderToString } from "vue/server-renderer";
import { provideChat } from "../chat/index.js";
import { provideDialog } from "../composables/dialog-context.js";
import { provideI18n } from "../i18n/index.js";
import { provideOverlays } from "../panels/overlays.js";
import { aDialog, aMessage, rowsOf } from "../testing/fixtures.js";
import { StoryClient, storyChat } from "../testing/story-client.js";
import MessageList from "./MessageList.vue";

it.each([
    ["nothing yet", []],
    ["messages", [aMessage({ content: "<p>Hello</p>" })]],
])("is rendered on a server with %s", async (_, messages) => {
    const dialog = aDialog();
    const timelines = new Map([[dialog.id, { rows: rowsOf(...messages), fresh: false }]]);
    const app = createSSRApp(
        defineComponent({
            setup() {
                const chat = storyChat(new StoryClient({ dialogs: [dialog], timelines }));
                provideChat(chat);
                provideI18n({ locale: "en" });
                provideOverlays();
                provideDialog(dialog.id, chat);
                return () => h(MessageList);
            },
        }),
    );
    expect(await renderToString(app)).toContain("mtchat-messages");
});
