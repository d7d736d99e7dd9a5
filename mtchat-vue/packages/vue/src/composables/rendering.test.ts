// @vitest-environment node
import { renderToString } from "vue/server-renderer";
import { describe, expect, it, vi } from "vitest";
import { createSSRApp, defineComponent, h } from "vue";
import { createChat, provideChat } from "../chat/index.js";
import { aConfig } from "../testing/fixtures.js";
import { useConnection, useDialogs, usePresence, useSearch, useUnread } from "./index.js";
import { provideDialog } from "./dialog-context.js";

describe("rendering on a server", () => {
    it("loads nothing, connects to nothing and fails at nothing", async () => {
        const asked = vi.fn();
        vi.stubGlobal("fetch", asked);
        vi.stubGlobal("WebSocket", asked);
        const Page = defineComponent({
            setup() {
                const chat = createChat(aConfig({ baseUrl: "/chat" }));
                provideChat(chat);
                const { messages, participants, attachments, composer } = provideDialog("d", chat);
                const list = useDialogs({ object: { type: "order", id: "1" }, search: "x" }, chat);
                const { isTroubled } = useConnection(chat);
                const unread = useUnread(chat);
                useSearch(undefined, chat);
                const said = () => [
                    messages.items.value.length,
                    participants.participants.value.length,
                    attachments.files.value.length,
                    composer.draft.value,
                    list.participating.value.length,
                    isTroubled.value,
                    unread.messages.value,
                    usePresence(chat).isOnline("jonas"),
                ];
                return () => h("p", said().join(" "));
            },
        });
        expect(await renderToString(createSSRApp(Page))).toBe("<p>0 0 0  0 false 0 false</p>");
        expect(asked).not.toHaveBeenCalled();
        vi.unstubAllGlobals();
    });
});
