import { flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defineComponent, nextTick, shallowRef } from "vue";
import { someMessages } from "./messages-fixture.js";
import { READ_AFTER, useAutoRead } from "./useAutoRead.js";

let visibility: DocumentVisibilityState = "visible";

function reading(unread = 1) {
    const messages = someMessages();
    messages.newestId.value = "m1";
    const [isAtBottom, isSettled, count] = [shallowRef(true), shallowRef(true), shallowRef(unread)];
    const wrapper = mount(
        defineComponent({
            setup: () => useAutoRead(messages, isAtBottom, isSettled, () => count.value > 0),
            render: () => null,
        }),
    );
    const after = async (ms: number) => {
        await nextTick();
        await vi.advanceTimersByTimeAsync(ms);
        return messages.markRead.mock.calls.map(([id]) => id);
    };
    return { messages, isAtBottom, isSettled, count, wrapper, after };
}

function show(state: DocumentVisibilityState): void {
    visibility = state;
    document.dispatchEvent(new Event("visibilitychange"));
}

describe("useAutoRead", () => {
    beforeEach(() => {
        vi.useFakeTimers();
        visibility = "visible";
        vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visibility);
    });
    afterEach(() => {
        vi.useRealTimers();
        vi.restoreAllMocks();
    });

    it("reads what has been in sight for a second", async () => {
        const { after } = reading();
        expect(await after(READ_AFTER - 1)).toEqual([]);
        expect(await after(1)).toEqual(["m1"]);
    });

    it("reads the newest, and is not put off by what comes meanwhile", async () => {
        const { messages, after } = reading();
        await after(800);
        messages.newestId.value = "m2";
        expect(await after(200)).toEqual(["m2"]);
    });

    it.each<[string, (it: ReturnType<typeof reading>) => void]>([
        ["one is further up", ({ isAtBottom }) => (isAtBottom.value = false)],
        ["newer ones are not loaded", ({ messages }) => (messages.hasNewer.value = true)],
        ["the place to open at is not found yet", ({ isSettled }) => (isSettled.value = false)],
        ["the page is not looked at", () => show("hidden")],
        ["everything has been read", ({ count }) => (count.value = 0)],
        ["nothing is there", ({ messages }) => (messages.newestId.value = null)],
        ["the list has gone", ({ wrapper }) => wrapper.unmount()],
    ])("reads nothing while %s", async (_, change) => {
        const chat = reading();
        change(chat);
        expect(await chat.after(10 * READ_AFTER)).toEqual([]);
    });

    it("reads when the page is looked at again, without a click", async () => {
        const { after } = reading();
        show("hidden");
        await after(READ_AFTER);
        show("visible");
        expect(await after(READ_AFTER)).toEqual(["m1"]);
    });

    it("leaves alone what is marked as unread afterwards", async () => {
        const { count, after } = reading();
        await after(READ_AFTER);
        count.value = 0;
        await after(READ_AFTER);
        count.value = 3;
        expect(await after(READ_AFTER)).toEqual(["m1"]);
    });

    it("says it again when it did not work", async () => {
        const { messages, count, after } = reading();
        messages.markRead.mockRejectedValueOnce(new Error("offline"));
        await after(READ_AFTER);
        await flushPromises();
        count.value = 0;
        await nextTick();
        count.value = 1;
        expect(await after(READ_AFTER)).toEqual(["m1", "m1"]);
    });
});
