import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import ConnectionBanner from "./ConnectionBanner.vue";
import { type Stage, stage } from "./mounting.js";

let shown: Stage;
beforeEach(() => {
    vi.useFakeTimers();
    shown = stage(ConnectionBanner);
});
afterEach(() => {
    shown.wrapper.unmount();
    vi.useRealTimers();
});

const said = () => shown.wrapper.get("[role='status']").text();
const isShown = () => shown.wrapper.find(".mtchat-banner__box").exists();

describe("the banner", () => {
    it("says nothing of a connection that comes back soon", async () => {
        shown.client.set({ connection: "waiting" });
        await vi.advanceTimersByTimeAsync(1_000);
        shown.client.set({ connection: "connected" });
        await vi.advanceTimersByTimeAsync(5_000);
        expect(isShown()).toBe(false);
    });

    it("says what is wrong after a while, and goes when it is over", async () => {
        shown.client.set({ connection: "offline" });
        await vi.advanceTimersByTimeAsync(1_600);
        expect(said()).toContain("You are offline");
        shown.client.set({ connection: "connected" });
        await vi.advanceTimersByTimeAsync(500);
        expect(isShown()).toBe(false);
    });

    it("tries again at once when asked, and stays when that fails", async () => {
        shown.client.answers.connect = () => Promise.reject(new Error("no"));
        shown.client.set({ connection: { ended: "no_access" } });
        await flushPromises();
        expect(said()).toContain("Your access has ended");
        await shown.wrapper.get("button").trigger("click");
        await flushPromises();
        expect(shown.client.wanted("connect")).toHaveLength(1);
        expect(isShown()).toBe(true);
    });
});
