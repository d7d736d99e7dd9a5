import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { defineComponent, h } from "vue";

const CONFIG = { baseUrl: "https://chat.example", userId: "ann", scopeConfig: {}, userProfile: { displayName: "Ann", company: "" } };

/** The chat without a chat: what matters here is what it gets, says and exposes. */
vi.mock("../layout/MTChat.vue", () => ({
    default: defineComponent({
        name: "MTChat",
        props: ["config", "theme", "mode", "showTabs", "token"],
        emits: ["message-sent", "dialog-selected"],
        setup(props, { emit, slots, expose }) {
            const closeMenu = () => emit("dialog-selected", "menu closed");
            expose({ sendMessage: (text: string) => emit("message-sent", text), selectDialog: (id: string) => `selected ${id}` });
            return () =>
                h("div", { class: ["mtchat", `mtchat--${props.theme}`], "data-user": props.config.userId, "data-tabs": String(props.showTabs) }, [
                    slots["sidebar-action"]?.(),
                    slots["header-menu-actions"]?.({ closeMenu }),
                ]);
        },
    }),
}));

type Chat = HTMLElement & Record<string, unknown> & { sendMessage(text: string): void; selectDialog(id: string): string };

function put(html: string): Chat {
    document.body.innerHTML = html;
    return document.body.querySelector<Chat>("mt-chat")!;
}
const inside = (element: Element) => element.shadowRoot!.querySelector<HTMLElement>(".mtchat");

beforeAll(async () => {
    const { defineMtChat } = await import("./element.js");
    defineMtChat();
    defineMtChat();
});
afterEach(() => {
    document.body.innerHTML = "";
});

describe("<mt-chat>", () => {
    it("shows a chat in its shadow root, with the styles there, once", async () => {
        const element = put('<mt-chat base-url="https://chat.example" user-id="ann" theme="dark"></mt-chat>');
        await flushPromises();
        expect(inside(element)!.className).toBe("mtchat mtchat--dark");
        expect(element.shadowRoot!.querySelectorAll("style")).toHaveLength(1);
    });

    it("waits until server and user are known", async () => {
        const element = put("<mt-chat></mt-chat>");
        expect(inside(element)).toBeNull();
        element.config = CONFIG;
        await flushPromises();
        expect(inside(element)!.dataset.user).toBe("ann");
    });

    it("follows its attributes and properties", async () => {
        const element = put('<mt-chat base-url="https://chat.example" user-id="ann"></mt-chat>');
        element.setAttribute("show-tabs", "false");
        element.setAttribute("user-id", "bob");
        await flushPromises();
        expect(inside(element)!.dataset).toMatchObject({ user: "bob", tabs: "false" });
        element.theme = "night";
        await flushPromises();
        expect(inside(element)!.className).toContain("mtchat--night");
        expect(element.theme).toBe("night");
    });

    it("stands twice in a page", async () => {
        put('<mt-chat base-url="https://a.example" user-id="ann"></mt-chat><mt-chat base-url="https://a.example" user-id="bob"></mt-chat>');
        await flushPromises();
        const users = [...document.querySelectorAll("mt-chat")].map((element) => inside(element)!.dataset.user);
        expect(users).toEqual(["ann", "bob"]);
    });

    it("tells what the chat tells, with what it is about", async () => {
        const element = put('<mt-chat base-url="https://chat.example" user-id="ann"></mt-chat>');
        const heard = vi.fn();
        element.addEventListener("message-sent", (event) => heard((event as CustomEvent).detail));
        await flushPromises();
        element.sendMessage("hello");
        expect(heard).toHaveBeenCalledWith("hello");
        expect(element.selectDialog("d1")).toBe("selected d1");
    });

    it("says so when it is asked for something before there is a chat", () => {
        expect(() => put("<mt-chat></mt-chat>").sendMessage("hello")).toThrow(/base-url/);
    });

    it("has slots only for what the host puts into it", async () => {
        const element = put('<mt-chat base-url="https://chat.example" user-id="ann"><b slot="sidebar-action">New</b></mt-chat>');
        const names = () => [...element.shadowRoot!.querySelectorAll("slot")].map((slot) => slot.name);
        await flushPromises();
        expect(names()).toEqual(["sidebar-action"]);
        const action = document.createElement("button");
        action.slot = "header-menu-actions";
        element.append(action);
        await vi.waitFor(() => expect(names()).toContain("header-menu-actions"));
    });

    it("closes the menu when an action of the host's is clicked", async () => {
        const element = put('<mt-chat base-url="https://chat.example" user-id="ann"><b slot="header-menu-actions">Print</b></mt-chat>');
        const closed = vi.fn();
        element.addEventListener("dialog-selected", closed);
        await flushPromises();
        element.shadowRoot!.querySelector<HTMLElement>("slot[name=header-menu-actions]")!.click();
        expect(closed).toHaveBeenCalledOnce();
    });

    it("keeps its chat when it is moved, and gives it up when it is gone", async () => {
        const element = put('<mt-chat base-url="https://chat.example" user-id="ann"></mt-chat><main></main>');
        await flushPromises();
        const before = inside(element);
        document.querySelector("main")!.append(element);
        await flushPromises();
        expect(inside(element)).toBe(before);
        element.remove();
        await flushPromises();
        expect(inside(element)).toBeNull();
        document.body.append(element);
        await flushPromises();
        expect(inside(element)).not.toBeNull();
    });
});
