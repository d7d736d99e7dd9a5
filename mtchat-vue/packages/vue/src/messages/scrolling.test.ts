import { mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, nextTick, ref } from "vue";
import type { TimelineItem } from "../composables/types.js";
import { anOutboxEntry } from "../testing/fixtures.js";
import { layOut, LIST_HEIGHT } from "./layout-fixture.js";
import { row, someMessages } from "./messages-fixture.js";
import { HIGHLIGHT, useJump } from "./useJump.js";
import { AFTER_JUMP, usePaging } from "./usePaging.js";
import { useScrollAnchor, WAIT_FOR_UNREAD } from "./useScrollAnchor.js";
import { useVirtualRows } from "./useVirtualRows.js";

// How well rows stay where they are is measured in a browser; here it is what is decided.

const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => row(`m${from + index}`));
const unread: TimelineItem = { kind: "unread", key: "unread" };
const gap = (after: string | null, before: string | null): TimelineItem => ({ kind: "gap", key: `gap:${after}:${before}`, after, before });

function list(items: readonly TimelineItem[], hasUnread = () => false) {
    const messages = someMessages(items);
    const fill = vi.fn(async () => {});
    let used!: ReturnType<typeof use>;
    const use = (scroller = ref<HTMLElement | null>(null)) => {
        const virtual = useVirtualRows(scroller, messages.items);
        const anchor = useScrollAnchor(scroller, virtual, messages, hasUnread);
        const paging = usePaging(scroller, virtual, messages, anchor.isSettled, fill);
        const jump = useJump(virtual, messages, () => (anchor.settle(), paging.pause()));
        return { scroller, virtual, anchor, paging, jump };
    };
    const wrapper = mount(
        defineComponent({
            setup() {
                used = use();
                return () =>
                    h("div", { ref: used.scroller, role: "log" }, [
                        h("div", { class: "mtchat-timeline__rows", style: { blockSize: `${used.virtual.height.value}px` } }),
                    ]);
            },
        }),
        { attachTo: document.body },
    );
    const element = () => used.scroller.value!;
    return {
        messages,
        fill,
        wrapper,
        ...used,
        element,
        below: () => element().scrollHeight - element().scrollTop - LIST_HEIGHT,
        async settle() {
            for (let turn = 0; turn < 6; turn += 1) {
                await nextTick();
                await vi.advanceTimersByTimeAsync(20);
            }
        },
        scrollTo(top: number) {
            element().scrollTop = top;
            element().dispatchEvent(new Event("scroll"));
        },
    };
}

describe("the message list", () => {
    beforeEach(() => {
        vi.useFakeTimers();
        layOut();
    });
    afterEach(() => {
        vi.useRealTimers();
        vi.restoreAllMocks();
        document.body.replaceChildren();
    });

    it("opens at the bottom", async () => {
        const chat = list(rows(0, 50));
        await chat.settle();
        expect(chat.anchor.isSettled.value).toBe(true);
        expect(chat.below()).toBeLessThan(2);
        expect(chat.anchor.isFar.value).toBe(false);
    });

    it("opens at the first unread message, with some before it in sight", async () => {
        const chat = list([...rows(0, 25), unread, ...rows(25, 50)]);
        chat.messages.firstUnreadId.value = "m25";
        await chat.settle();
        const divider = chat.virtual.placeOf(25);
        expect(divider.start - chat.element().scrollTop).toBeCloseTo(LIST_HEIGHT / 4, 0);
        expect(chat.anchor.isAtBottom.value).toBe(false);
    });

    it("loads the first unread message if need be", async () => {
        const chat = list(rows(0, 50));
        chat.messages.jumpTo.mockImplementation(async () => {
            chat.messages.items.value = [unread, ...rows(-50, 0)];
            return true;
        });
        chat.messages.firstUnreadId.value = "m-50";
        await chat.settle();
        expect(chat.messages.jumpTo).toHaveBeenCalledWith("m-50");
        expect(chat.element().scrollTop).toBe(0);
    });

    it("does not settle before the server's word", async () => {
        const chat = list(rows(0, 50));
        chat.messages.isFresh.value = false;
        await chat.settle();
        expect(chat.anchor.isSettled.value).toBe(false);
        expect(chat.below()).toBeLessThan(2);
        chat.messages.isFresh.value = true;
        await chat.settle();
        expect(chat.anchor.isSettled.value).toBe(true);
    });

    it("waits a while for where the unread messages begin", async () => {
        const chat = list(rows(0, 50), () => true);
        await chat.settle();
        expect(chat.anchor.isSettled.value).toBe(false);
        await vi.advanceTimersByTimeAsync(WAIT_FOR_UNREAD);
        expect(chat.anchor.isSettled.value).toBe(true);
    });

    it("goes to the bottom when one sends something", async () => {
        const chat = list(rows(0, 50));
        await chat.settle();
        chat.scrollTo(300);
        await chat.settle();
        chat.messages.items.value = [...rows(0, 50), { kind: "sending", key: "o", entry: anOutboxEntry({ id: "o" }), isFirst: true, isLast: true }];
        await chat.settle();
        expect(chat.below()).toBeLessThan(2);
    });

    it("loads the latest messages on the way to the bottom", async () => {
        const chat = list(rows(0, 50));
        await chat.settle();
        chat.messages.hasNewer.value = true;
        await chat.anchor.scrollToBottom();
        expect(chat.messages.toLatest).toHaveBeenCalledOnce();
    });

    it.each(["older", "newer"] as const)("asks for %s messages 1.5 screens before one is there", async (which) => {
        const chat = list(rows(0, 100));
        await chat.settle();
        const [has, load] = which === "older" ? [chat.messages.hasOlder, chat.messages.loadOlder] : [chat.messages.hasNewer, chat.messages.loadNewer];
        const from = (edge: number) => (which === "older" ? edge : chat.element().scrollHeight - LIST_HEIGHT - edge);
        chat.scrollTo(from(LIST_HEIGHT * 1.5 + 100));
        has.value = true;
        chat.paging.check();
        expect(load).not.toHaveBeenCalled();
        chat.scrollTo(from(LIST_HEIGHT * 1.5 - 100));
        expect(load).toHaveBeenCalled();
    });

    it("asks for nothing while it is being loaded", async () => {
        const chat = list(rows(0, 50));
        await chat.settle();
        chat.messages.hasOlder.value = chat.messages.isLoadingOlder.value = true;
        chat.scrollTo(0);
        expect(chat.messages.loadOlder).not.toHaveBeenCalled();
    });

    it("asks for nothing right after a jump, and then for what is near", async () => {
        const chat = list(rows(0, 50));
        await chat.settle();
        chat.messages.hasOlder.value = true;
        chat.paging.pause();
        chat.scrollTo(0);
        await vi.advanceTimersByTimeAsync(AFTER_JUMP - 50);
        expect(chat.messages.loadOlder).not.toHaveBeenCalled();
        await vi.advanceTimersByTimeAsync(100);
        expect(chat.messages.loadOlder).toHaveBeenCalled();
    });

    it("fills a gap between messages once it is near, from where one reads, and leaves those at the ends to paging", async () => {
        const between = gap("m24", "m25");
        const chat = list([gap(null, "m0"), ...rows(0, 25), between, ...rows(25, 50)]);
        await chat.settle();
        expect(chat.fill).not.toHaveBeenCalled();
        const place = () => chat.virtual.placeOf(26).start;
        chat.scrollTo(place());
        await chat.settle();
        expect(chat.fill.mock.calls).toEqual([[between, "below"]]);
        await vi.advanceTimersByTimeAsync(2_100);
        chat.fill.mockClear();
        chat.scrollTo(0);
        await chat.settle();
        chat.scrollTo(place() - LIST_HEIGHT + 10);
        await chat.settle();
        expect(chat.fill.mock.calls).toEqual([[between, "above"]]);
    });

    it("jumps to a message that is there, and lets it stand out for a while", async () => {
        const chat = list(rows(0, 100));
        await chat.settle();
        expect(await chat.jump.scrollToMessage("m10")).toBe(true);
        await chat.settle();
        expect(chat.messages.jumpTo).not.toHaveBeenCalled();
        const at = chat.virtual.placeOf(10);
        expect(Math.abs(at.start + at.height / 2 - chat.element().scrollTop - LIST_HEIGHT / 2)).toBeLessThan(2);
        expect(chat.jump.highlighted.value).toBe("m10");
        await vi.advanceTimersByTimeAsync(HIGHLIGHT);
        expect(chat.jump.highlighted.value).toBeNull();
    });

    it("loads what it jumps to, and says when it is gone", async () => {
        const chat = list(rows(100, 150));
        await chat.settle();
        chat.messages.jumpTo.mockImplementation(async (id) => {
            if (id === "gone") return false;
            chat.messages.items.value = rows(0, 50);
            return true;
        });
        expect(await chat.jump.scrollToMessage("gone")).toBe(false);
        expect(await chat.jump.scrollToMessage("m20")).toBe(true);
        expect(chat.jump.isJumping.value).toBe(false);
    });

    it("takes the last of several jumps", async () => {
        const chat = list(rows(100, 150));
        await chat.settle();
        let answer: ((found: boolean) => void) | undefined;
        chat.messages.jumpTo.mockImplementationOnce(() => new Promise<boolean>((resolve) => (answer = resolve)));
        const first = chat.jump.scrollToMessage("m1");
        expect(await chat.jump.scrollToMessage("m120")).toBe(true);
        answer!(true);
        expect(await first).toBe(false);
        expect(chat.jump.highlighted.value).toBe("m120");
    });

    it("keeps few rows in the page, however many there are", async () => {
        const chat = list(rows(0, 20_000));
        await chat.settle();
        expect(chat.virtual.rows.value.length).toBeLessThan(60);
        expect(chat.virtual.rows.value.at(-1)?.key).toBe("m19999");
    });
});
