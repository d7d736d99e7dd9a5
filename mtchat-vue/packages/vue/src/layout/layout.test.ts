import { enableAutoUnmount, mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, nextTick, ref, shallowRef } from "vue";
import { aDialog } from "../testing/fixtures.js";
import { StoryClient } from "../testing/story-client.js";
import { mountRoot } from "./testing.js";
import { sizeOf } from "./useLayout.js";
import { useShortcuts } from "./useShortcuts.js";
import { useViews } from "./useViews.js";

enableAutoUnmount(afterEach);

describe("how much room there is", () => {
    it.each([
        [0, "desktop"],
        [320, "mobile"],
        [767, "mobile"],
        [768, "tablet"],
        [1_199, "tablet"],
        [1_200, "desktop"],
    ])("%i pixels: %s", (width, size) => {
        expect(sizeOf(width)).toBe(size);
    });
});

describe("what one looks at", () => {
    function views({ list = true, single = true } = {}) {
        const open = ref(false);
        const made = useViews({ isOpen: () => open.value, hasList: () => list, isSingle: () => single, close: () => (open.value = false) });
        return { ...made, open };
    }

    it("goes from the list to the chat, to the info, and back", () => {
        const { view, open, toggleInfo, goBack } = views();
        expect(view.value).toBe("list");
        open.value = true;
        expect(view.value).toBe("chat");
        toggleInfo();
        expect(view.value).toBe("info");
        goBack();
        expect(view.value).toBe("chat");
        goBack();
        expect([view.value, open.value]).toEqual(["list", false]);
    });

    it("is the chat where there is no list", () => {
        const { view, goBack, open } = views({ list: false });
        expect(view.value).toBe("chat");
        open.value = true;
        goBack();
        expect(open.value).toBe(true);
    });

    it("stays open beside a list", () => {
        const { goBack, open } = views({ single: false });
        open.value = true;
        goBack();
        expect(open.value).toBe(true);
    });
});

describe("Ctrl+K", () => {
    function page() {
        const search = vi.fn(() => true);
        const root = shallowRef<HTMLElement | null>(null);
        const wrapper = mount(
            defineComponent({
                setup() {
                    useShortcuts(root, { search });
                    return () => h("div", [h("div", { ref: root }, [h("button", { class: "inside" })]), h("input", { class: "outside" })]);
                },
            }),
            { attachTo: document.body },
        );
        const press = (target: EventTarget, init: KeyboardEventInit) => {
            const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, composed: true, ...init });
            target.dispatchEvent(event);
            return event;
        };
        return { search, press, inside: wrapper.find(".inside").element, outside: wrapper.find(".outside").element, wrapper };
    }

    it.each([
        ["Ctrl+K", { key: "k", ctrlKey: true }, true],
        ["Cmd+K", { key: "k", metaKey: true }, true],
        ["the same key of a Russian keyboard", { key: "л", code: "KeyK", ctrlKey: true }, true],
        ["k alone", { key: "k" }, false],
        ["with Shift", { key: "K", ctrlKey: true, shiftKey: true }, false],
        ["another letter at its place", { key: "t", code: "KeyK", ctrlKey: true }, false],
    ])("%s", (_, init, is) => {
        const { search, press, inside } = page();
        expect(press(inside, init).defaultPrevented).toBe(is);
        expect(search).toHaveBeenCalledTimes(is ? 1 : 0);
    });

    it("of the rest of the page is not ours; that of nobody is", () => {
        const { search, press, outside } = page();
        press(outside, { key: "k", ctrlKey: true });
        expect(search).not.toHaveBeenCalled();
        press(document.body, { key: "k", ctrlKey: true });
        expect(search).toHaveBeenCalledOnce();
    });

    it("ends with the component", () => {
        const { search, press, wrapper } = page();
        wrapper.unmount();
        press(document.body, { key: "k", ctrlKey: true });
        expect(search).not.toHaveBeenCalled();
    });
});

describe("one column", () => {
    const dialog = aDialog();
    beforeEach(() => {
        vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockReturnValue({ width: 390, height: 700 } as DOMRect);
    });
    afterEach(() => void vi.restoreAllMocks());

    it("goes to the chat with the focus, and back to the list", async () => {
        const { wrapper, chat } = mountRoot({}, { client: () => new StoryClient({ dialogs: [dialog] }) });
        await nextTick();
        expect(wrapper.classes()).toEqual(expect.arrayContaining(["mtchat--mobile", "mtchat--view-list"]));
        (wrapper.find("input").element as HTMLElement).focus();
        await chat.selectDialog(dialog.id);
        await nextTick();
        expect(chat.mobileView).toBe("chat");
        expect(document.activeElement?.classList.contains("mtchat-header__back")).toBe(true);
        await wrapper.find(".mtchat-header__back").trigger("click");
        await nextTick();
        expect(chat.mobileView).toBe("list");
        expect(document.activeElement?.closest(".mtchat-layout__list")).not.toBeNull();
        expect(wrapper.find("[role=separator]").exists()).toBe(false);
    });

    it("leaves the focus alone where it is not in the chat", async () => {
        const other = document.body.appendChild(document.createElement("button"));
        other.focus();
        const { chat } = mountRoot({}, { client: () => new StoryClient({ dialogs: [dialog] }) });
        await chat.selectDialog(dialog.id);
        await nextTick();
        expect(document.activeElement).toBe(other);
        other.remove();
    });

    it("has no way back where there is no list", async () => {
        const { wrapper, chat } = mountRoot({ showSidebar: false }, { client: () => new StoryClient({ dialogs: [dialog] }) });
        await chat.selectDialog(dialog.id);
        expect(wrapper.find(".mtchat-header__back").exists()).toBe(false);
    });
});

describe("three columns", () => {
    it("give the focus back to where the info panel was opened", async () => {
        const dialog = aDialog();
        const { wrapper, chat } = mountRoot({}, { client: () => new StoryClient({ dialogs: [dialog] }) });
        await chat.selectDialog(dialog.id);
        const opener = wrapper.find(".mtchat-header__info");
        (opener.element as HTMLElement).focus();
        await opener.trigger("click");
        expect(wrapper.findAll("[role=separator]")).toHaveLength(2);
        const close = wrapper.find(".mtchat-info__close");
        (close.element as HTMLElement).focus();
        await close.trigger("click");
        await nextTick();
        expect(document.activeElement).toBe(opener.element);
    });
});
