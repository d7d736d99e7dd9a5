// @vitest-environment node
import { afterEach, describe, expect, it, vi } from "vitest";
import { createSSRApp, h } from "vue";
import { renderToString } from "vue/server-renderer";
import { aConfig } from "../testing/fixtures.js";
import MTChat from "./MTChat.vue";

afterEach(() => void vi.unstubAllGlobals());

describe("rendered on a server", () => {
    it.each([
        ["whole", { dialogId: "01a20000-0000-7000-8000-000000000001" }, "mtchat--view-chat"],
        ["inline", { mode: "inline", objectType: "order", objectId: "7" }, "mtchat--inline"],
        ["with nothing open", {}, "mtchat--view-list"],
    ] as const)("%s, it is there, and nothing is asked or connected", async (_, props, expected) => {
        const load = vi.fn();
        vi.stubGlobal("fetch", load);
        vi.stubGlobal("WebSocket", load);
        const html = await renderToString(createSSRApp({ render: () => h(MTChat, { config: aConfig({ locale: "zh" }), ...props }) }));
        expect(html).toContain(expected);
        expect(html).toContain('lang="zh"');
        expect(load).not.toHaveBeenCalled();
    });
});
