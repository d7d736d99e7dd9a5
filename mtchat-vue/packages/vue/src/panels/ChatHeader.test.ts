import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { h } from "vue";
import { aParticipant } from "../testing/fixtures.js";
import { StoryClient } from "../testing/story-client.js";
import ChatHeader from "./ChatHeader.vue";
import { type Stage, type StageOptions, stage } from "./mounting.js";

let shown: Stage;
function show(options: StageOptions = {}): Stage {
    shown = stage(ChatHeader, options);
    return shown;
}
afterEach(() => shown.wrapper.unmount());

const trigger = () => shown.wrapper.get("[aria-haspopup='menu']");
const items = () => shown.wrapper.findAll("[role^='menuitem']");
const item = (text: string) => items().find((one) => one.text().includes(text))!;
async function openMenu(): Promise<void> {
    await trigger().trigger("click");
    await flushPromises();
}
const key = (name: string) => shown.wrapper.get("[role='menu']").element.ownerDocument.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));

describe("the head of a chat", () => {
    it("says what it is called, else its object", () => {
        expect(show({ dialog: { title: "Order 1042" } }).wrapper.get("h2").text()).toBe("Order 1042");
        shown.wrapper.unmount();
        expect(show({ dialog: { title: null } }).wrapper.get("h2").text()).toBe("order/1042");
    });

    it("shows that it is archived or closed", () => {
        const text = show({ dialog: { is_archived: true, frozen: true } }).wrapper.text();
        expect(text).toContain("Archived");
        expect(text).toContain("Read only");
    });

    it("has a way back only where there is a list", async () => {
        show();
        expect(shown.wrapper.find("[title='Back to the list']").exists()).toBe(false);
        shown.wrapper.unmount();
        show({ props: { showBack: true } });
        await shown.wrapper.get("[title='Back to the list']").trigger("click");
        expect(shown.panel.emitted("back")).toHaveLength(1);
    });

    it("offers search and information", async () => {
        show();
        await shown.wrapper.get("[title='Search in this chat']").trigger("click");
        await shown.wrapper.get("[title='About this chat']").trigger("click");
        expect(shown.panel.emitted()).toMatchObject({ "toggle-search": [[]], "toggle-info": [[]] });
    });
});

describe("the link to the object", () => {
    it("opens elsewhere and tells nothing", () => {
        const link = show({ dialog: { object_url: "https://shop.example/1" } }).wrapper.get("a");
        expect(link.attributes()).toMatchObject({ href: "https://shop.example/1", target: "_blank", rel: "noopener noreferrer" });
    });

    it.each(["javascript:alert(1)", "/relative", "data:text/html,x", null])("is none where the address is %j", (object_url) => {
        expect(show({ dialog: { object_url } }).wrapper.find("a").exists()).toBe(false);
    });

    it.each(["https://shop.example/1", null])("is the host's to follow if it wants to, whatever the address (%j)", async (object_url) => {
        show({ dialog: { object_url }, props: { interceptObjectNavigation: true } });
        expect(shown.wrapper.find("a").exists()).toBe(false);
        await shown.wrapper.get("[aria-label='Open order/1042']").trigger("click");
        const [payload] = shown.panel.emitted("object-navigate")![0] as [{ dialog: unknown; originalEvent: unknown }];
        expect(payload.dialog).toBe(shown.dialog);
        expect(payload.originalEvent).toBeInstanceOf(Event);
    });
});

describe("the line below the title", () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());
    const line = () => shown.wrapper.get(".mtchat-header__line").text();

    it("names the other one of two, and whether they are there", async () => {
        show({ dialog: { participants_count: 2 } });
        expect(line()).toBe("Jonas Brandt · Altona Logistik");
        shown.participants.value = [aParticipant({ user_id: "anna" }), aParticipant({ user_id: "jonas", is_online: true })];
        await flushPromises();
        expect(line()).toBe("Jonas Brandt · Altona Logistik · Online");
    });

    it("counts more people, names their companies, and who is online", () => {
        const online = aParticipant({ user_id: "jonas", is_online: true });
        show({ participants: [aParticipant({ user_id: "anna", is_online: true }), online, aParticipant({ user_id: "maria" })] });
        expect(line()).toBe("3 participants · Altona Logistik, Солнечный порт · 1 online");
    });

    it.each([
        [["Jonas"], "Jonas is typing…"],
        [["Jonas", "Мария"], "Jonas and Мария are typing…"],
        [["a", "b", "c"], "Several people are typing…"],
    ])("says who types: %j", async (names, text) => {
        show();
        shown.typing.value = names;
        await flushPromises();
        expect(line()).toBe(text);
    });

    it("says that the connection is gone, after a while", async () => {
        show();
        shown.client.set({ connection: "offline" });
        await vi.advanceTimersByTimeAsync(1_400);
        expect(line()).not.toBe("No network");
        await vi.advanceTimersByTimeAsync(200);
        expect(line()).toBe("No network");
    });
});

describe("its menu", () => {
    it("pins, archives and turns notifications down", async () => {
        show();
        for (const text of ["Pin", "Archive", "Mentions and replies", "None"]) {
            await openMenu();
            await item(text).trigger("click");
        }
        expect(shown.client.wanted("pin")).toEqual([["d"]]);
        expect(shown.client.wanted("archive")).toEqual([["d"]]);
        expect(shown.client.wanted("notifications")).toEqual([
            ["d", "mentions"],
            ["d", "none"],
        ]);
    });

    it("offers the opposite of how it is, and no pin in the archive", async () => {
        show({ dialog: { is_pinned: true } });
        await openMenu();
        await item("Unpin").trigger("click");
        expect(shown.client.wanted("unpin")).toEqual([["d"]]);
        shown.wrapper.unmount();
        show({ dialog: { is_archived: true } });
        await openMenu();
        expect(items().some((one) => /pin/iu.test(one.text()))).toBe(false);
        await item("Move out of the archive").trigger("click");
        expect(shown.client.wanted("unarchive")).toEqual([["d"]]);
    });

    it.each([
        [{ notification_level: "mentions" }, "Mentions and replies"],
        [{ notifications_enabled: false, notification_level: "all" }, "None"],
        [{ notification_level: null }, "All messages"],
    ] as const)("shows the level that holds: %j", async (dialog, text) => {
        show({ dialog });
        await openMenu();
        expect(shown.wrapper.get("[aria-checked='true']").text()).toBe(text);
    });

    it("has only information for who is not in the chat", async () => {
        show({ dialog: { i_am_participant: false } });
        await openMenu();
        expect(items().map((one) => one.text())).toEqual(["About this chat"]);
    });

    it("says so when something did not work", async () => {
        show({ client: new StoryClient({}, { pin: () => Promise.reject(new Error("no")) }) });
        await openMenu();
        await item("Pin").trigger("click");
        await flushPromises();
        expect(shown.wrapper.get("[role='alert']").text()).toContain("did not work");
    });

    it("leaves after a question only", async () => {
        show();
        await openMenu();
        await item("Leave the chat").trigger("click");
        shown.overlays.question.value!.answer(false);
        await flushPromises();
        expect(shown.client.wanted("leave")).toEqual([]);
        await openMenu();
        await item("Leave the chat").trigger("click");
        shown.overlays.question.value!.answer(true);
        await flushPromises();
        expect(shown.client.wanted("leave")).toEqual([["d"]]);
        expect(shown.panel.emitted("left")).toEqual([["d"]]);
    });

    it("does not say that one has left when that failed", async () => {
        show({ client: new StoryClient({}, { leave: () => Promise.reject(new Error("no")) }) });
        await openMenu();
        await item("Leave the chat").trigger("click");
        shown.overlays.question.value!.answer(true);
        await flushPromises();
        expect(shown.panel.emitted("left")).toBeUndefined();
    });

    it("has the host's own actions before «Leave», with what they need", async () => {
        let scope!: { dialog: unknown; closeMenu: () => void; menuItemClass: string };
        const slot = (given: typeof scope) => {
            scope = given;
            return h("button", { class: given.menuItemClass }, "Print");
        };
        show({ slots: { "menu-actions": slot as never } });
        await openMenu();
        const texts = items().map((one) => one.text());
        expect(texts.slice(-2)).toEqual(["Print", "Leave the chat"]);
        expect(scope.dialog).toBe(shown.dialog);
        scope.closeMenu();
        await flushPromises();
        expect(shown.wrapper.find("[role='menu']").exists()).toBe(false);
    });
});

describe("its menu, by keyboard", () => {
    it("opens at the first or last item, moves around and comes back to its button", async () => {
        show();
        await trigger().trigger("keydown", { key: "ArrowUp" });
        await flushPromises();
        expect(document.activeElement?.textContent).toContain("Leave the chat");
        key("ArrowDown");
        expect(document.activeElement?.textContent).toContain("About this chat");
        key("ArrowUp");
        expect(document.activeElement?.textContent).toContain("Leave the chat");
        key("Home");
        expect(document.activeElement?.textContent).toContain("About this chat");
        key("End");
        expect(document.activeElement?.textContent).toContain("Leave the chat");
        key("Escape");
        await flushPromises();
        expect(shown.wrapper.find("[role='menu']").exists()).toBe(false);
        expect(document.activeElement).toBe(trigger().element);
    });

    it("finds an item by its letter, the next one each time", async () => {
        show();
        await openMenu();
        key("a");
        expect(document.activeElement?.textContent).toContain("All messages");
        key("a");
        expect(document.activeElement?.textContent).toContain("Archive");
    });

    it("closes when somebody presses elsewhere, and leaves the focus there", async () => {
        show();
        await openMenu();
        document.body.dispatchEvent(new Event("pointerdown", { bubbles: true }));
        await flushPromises();
        expect(shown.wrapper.find("[role='menu']").exists()).toBe(false);
    });
});
