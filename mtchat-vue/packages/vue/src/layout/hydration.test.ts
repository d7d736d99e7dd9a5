import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createSSRApp, h } from "vue";
import { aConfig } from "../testing/fixtures.js";

afterEach(() => void vi.restoreAllMocks());

/** Modules as a page has them that was just opened: languages are on their way. */
async function fresh() {
    vi.resetModules();
    const { default: MTChat } = await import("./MTChat.vue");
    return () => createSSRApp({ render: () => h(MTChat, { config: aConfig({ locale: "en" }) }) });
}

describe("a page of a server's", () => {
    it("keeps its words while those of the page are on their way", async () => {
        const { renderToString } = await import("vue/server-renderer");
        const html = await renderToString((await fresh())());
        expect(html).toContain("Choose a chat");
        const complaints = [vi.spyOn(console, "warn"), vi.spyOn(console, "error")];
        document.body.innerHTML = `<div id="app">${html}</div>`;
        const app = (await fresh())();
        app.mount("#app");
        expect(document.body.textContent).toContain("Choose a chat");
        await vi.waitFor(async () => {
            await flushPromises();
            expect(document.querySelector(".mtchat")).toHaveProperty("__vnode");
        }, 5_000);
        expect(document.body.textContent).toContain("Choose a chat");
        expect(complaints.flatMap((spy) => spy.mock.calls.flat()).filter((said) => /hydrat|mismatch/i.test(String(said)))).toEqual([]);
        app.unmount();
    });
});
