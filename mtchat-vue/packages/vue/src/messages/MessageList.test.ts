import type { ClientState, MessageView, OutboxEntry, ParticipantRow } from "@mtchat/client";
import { flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, nextTick } from "vue";
import { provideChat } from "../chat/index.js";
import { provideDialog } from "../composables/dialog-context.js";
import type { DialogContext } from "../composables/types.js";
import { provideI18n } from "../i18n/index.js";
import { type Overlays, provideOverlays } from "../panels/overlays.js";
import { aDialog, aMessage, anAttachment, anOutboxEntry, aParticipant, aSystemMessage, at, rowsOf } from "../testing/fixtures.js";
import { type Answers, StoryClient, storyChat } from "../testing/story-client.js";
import { layOut } from "./layout-fixture.js";
import MessageList from "./MessageList.vue";

const people = [aParticipant({ user_id: "anna" }), aParticipant({ user_id: "jonas", is_online: true }), aParticipant({ user_id: "maria" })];

interface Story {
    rows?: readonly (MessageView | OutboxEntry | "gap")[];
    dialog?: Parameters<typeof aDialog>[0];
    participants?: readonly ParticipantRow[];
    answers?: Answers;
    slots?: Record<string, unknown>;
    fresh?: boolean;
}

async function show({ rows, dialog, participants = people, answers = {}, slots = {}, fresh = true }: Story = {}) {
    const open = aDialog(dialog);
    const state: Partial<ClientState> = {
        dialogs: [open],
        participants: new Map([[open.id, participants]]),
        timelines: new Map(rows === undefined ? [] : [[open.id, { rows: rowsOf(...rows), fresh }]]),
    };
    const client = new StoryClient(state, answers);
    let overlays!: Overlays;
    let context!: DialogContext;
    const wrapper = mount(
        defineComponent({
            setup() {
                const chat = storyChat(client);
                provideChat(chat);
                provideI18n({ locale: "en" });
                overlays = provideOverlays();
                context = provideDialog(open.id, chat);
                return () => h(MessageList, null, slots as never);
            },
        }),
        { attachTo: document.body },
    );
    const settle = async () => {
        for (let turn = 0; turn < 5; turn += 1) await nextTick();
        await flushPromises();
    };
    await settle();
    return { client, wrapper, overlays, context, open, settle, message: (id: string) => wrapper.get(`article[data-message-id="${id}"]`) };
}

describe("MessageList", () => {
    beforeEach(layOut);
    afterEach(() => {
        vi.restoreAllMocks();
        document.body.replaceChildren();
    });

    it("is a polite log", async () => {
        const { wrapper } = await show({ rows: [aMessage()] });
        expect(wrapper.get("[role=log]").attributes()).toMatchObject({ "aria-live": "polite", "aria-label": "Messages" });
    });

    it("reads nothing out while one is further up: rows come into the page because one scrolls to them", async () => {
        const { wrapper, settle } = await show({ rows: Array.from({ length: 60 }, (_, index) => aMessage({ sent_at: at(index) })) });
        const log = wrapper.get("[role=log]");
        const scroll = async (top: number) => {
            log.element.scrollTop = top;
            await log.trigger("scroll");
            await settle();
        };
        await scroll(0);
        expect(log.attributes("aria-live")).toBe("off");
        await scroll(log.element.scrollHeight);
        expect(log.attributes("aria-live")).toBe("polite");
    });

    it("says that it loads, and never that it is empty then", async () => {
        const { wrapper } = await show();
        expect(wrapper.text()).toContain("Loading messages…");
        expect(wrapper.text()).not.toContain("No messages yet");
    });

    it("says that nobody has written", async () => {
        expect((await show({ rows: [] })).wrapper.text()).toContain("No messages yet");
        expect((await show({ rows: [], slots: { empty: () => "Say hello" } })).wrapper.text()).toBe("Say hello");
    });

    it("says who wrote, of which company, and when", async () => {
        const [theirs, own] = [aMessage({ sent_at: at(0) }), aMessage({ sender_id: "anna", sent_at: at(1) })];
        const { message } = await show({ rows: [theirs, own] });
        expect(message(theirs.id).get("header").text()).toBe("Altona Logistik — Jonas Brandt");
        expect(message(own.id).get("header").text()).toBe("Northwind Freight — Anna Keller (you)");
        expect(message(theirs.id).get("time").attributes("datetime")).toBe(theirs.sent_at);
        expect(message(theirs.id).get(".mtchat-avatar__dot").attributes("aria-label")).toBeTruthy();
    });

    it("names somebody once for what they say in a row", async () => {
        const [one, two] = [aMessage({ sent_at: at(0) }), aMessage({ sent_at: at(1) })];
        const { message } = await show({ rows: [one, two] });
        expect(message(two.id).find("header").exists()).toBe(false);
        expect(message(two.id).attributes("aria-label")).toContain("Jonas Brandt");
    });

    it("opens the history of an edited message", async () => {
        const edited = aMessage({ last_edited_at: at(5) });
        const { message, overlays } = await show({ rows: [edited] });
        const history = vi.spyOn(overlays, "history");
        await message(edited.id).get(".mtchat-message__edited").trigger("click");
        expect(history).toHaveBeenCalledWith(edited);
    });

    it("puts system messages into words, and cards of the host's into cards", async () => {
        const card = { event: "card", type: "order_paid", title: "Order paid", fields: [{ name: "Amount", value: "<b>7</b>" }], link: "javascript:alert(1)" };
        const { wrapper } = await show({ rows: [aSystemMessage(), aSystemMessage(card), aSystemMessage({ ...card, link: "https://shop.example/7" })] });
        expect(wrapper.text()).toContain("Мария Орлова (Солнечный порт) has joined the chat");
        expect(wrapper.text()).toContain("<b>7</b>");
        expect(wrapper.findAll(".mtchat-card a").map((link) => link.attributes("href"))).toEqual(["https://shop.example/7"]);
    });

    describe("an own message", () => {
        it.each<[string, OutboxEntry["state"], string]>([
            ["on its way", "sending", "Being sent"],
            ["that the server has", "accepted", "Sent"],
            ["that was not taken", { failed: "FORBIDDEN" }, "Not sent"],
        ])("%s says so", async (_, state, label) => {
            const entry = anOutboxEntry({ state });
            const { message } = await show({ rows: [entry] });
            expect(message(entry.id).get(".mtchat-status [role=img]").attributes("aria-label")).toBe(label);
        });

        it("can be tried again or given up when it was not taken", async () => {
            const entry = anOutboxEntry({ state: { failed: "FORBIDDEN" } });
            const { message, client } = await show({ rows: [entry] });
            const failure = message(entry.id).get("[role=alert]");
            expect(failure.text()).toContain("You may not write here.");
            for (const button of failure.findAll("button")) await button.trigger("click");
            expect(client.wanted("retry")).toEqual([[entry.id]]);
            expect(client.wanted("discard")).toEqual([[entry.id]]);
        });

        it("stays the same element when it arrives", async () => {
            const entry = anOutboxEntry({ sent_at: Date.parse(at(0)) });
            const { message, client, open, settle } = await show({ rows: [entry] });
            const before = message(entry.id).element;
            client.show(open.id, rowsOf(aMessage({ id: entry.id, sender_id: "anna", content: entry.content })));
            await settle();
            expect(message(entry.id).element).toBe(before);
        });

        it("says who has read it, and shows it all on a press", async () => {
            const own = aMessage({ sender_id: "anna" });
            const readers = people.map((one) => (one.user_id === "jonas" ? { ...one, last_read_message_id: own.id } : one));
            const { message, overlays } = await show({ rows: [own], participants: readers });
            const shown = vi.spyOn(overlays, "readers");
            const status = message(own.id).get("button.mtchat-status");
            expect(status.attributes("aria-label")).toContain("Altona Logistik — Jonas Brandt");
            await status.trigger("click");
            expect(shown).toHaveBeenCalledWith(own);
        });
    });

    describe("an answer", () => {
        const original = aMessage({ content: "<p>Where <b>is</b> it?</p>" });
        const reply = (more = {}) => aMessage({ reply_to_id: original.id, ...more });

        it("shows what it answers, and goes there", async () => {
            const { wrapper, message } = await show({ rows: [original, reply()] });
            const quote = wrapper.get("button.mtchat-quote");
            expect(quote.text()).toContain("Where is it?");
            await quote.trigger("click");
            await nextTick();
            expect(message(original.id).classes()).toContain("mtchat-message--highlighted");
        });

        it("loads what it answers", async () => {
            const { wrapper } = await show({ rows: [reply()], answers: { message: async () => original } });
            expect(wrapper.get("button.mtchat-quote").text()).toContain("Where is it?");
        });

        it("says that it loads", async () => {
            const { wrapper } = await show({ rows: [reply()], answers: { message: () => new Promise(() => {}) } });
            expect(wrapper.get(".mtchat-quote").attributes("aria-busy")).toBe("true");
        });

        it("says that what it answers can not be had now", async () => {
            const { wrapper } = await show({ rows: [reply()], answers: { message: async () => Promise.reject(new Error("offline")) } });
            expect(wrapper.get(".mtchat-quote").text()).toBe("The message is not available now");
        });
    });

    describe("files", () => {
        const picture = anAttachment({ filename: "a.png", content_type: "image/png", width: 1000, height: 500, url: "https://files.example/a.png" });
        const document_ = anAttachment();

        it("keep their place before they are loaded", async () => {
            const { wrapper } = await show({ rows: [aMessage({ attachments: [picture] })] });
            const { style } = wrapper.get(".mtchat-image").element as HTMLElement;
            expect(style.aspectRatio.replaceAll(" ", "")).toBe("320/160");
            expect(wrapper.get(".mtchat-image img").attributes()).toMatchObject({ src: picture.url, loading: "lazy" });
        });

        it("open in the viewer, with all others of the chat", async () => {
            const { wrapper, overlays } = await show({ rows: [aMessage({ attachments: [picture] }), aMessage({ attachments: [document_] })] });
            const viewer = vi.spyOn(overlays, "viewer");
            await wrapper.get(".mtchat-file__open").trigger("click");
            expect(viewer).toHaveBeenCalledWith([picture, document_], 1);
        });

        it("get a fresh link when theirs has ended, once", async () => {
            const links = vi.fn(async () => ({ url: "https://files.example/fresh.png", thumbnail_url: null, expires_in: 300 }));
            const { wrapper, settle } = await show({ rows: [aMessage({ attachments: [picture] })], answers: { attachmentLinks: links } });
            await wrapper.get(".mtchat-image img").trigger("error");
            await settle();
            expect(wrapper.get(".mtchat-image img").attributes("src")).toBe("https://files.example/fresh.png");
            await wrapper.get(".mtchat-image img").trigger("error");
            await settle();
            expect(wrapper.find(".mtchat-image img").exists()).toBe(false);
            expect(links).toHaveBeenCalledOnce();
        });

        it("never show what may run something", async () => {
            const drawing = anAttachment({ content_type: "image/svg+xml", url: "https://files.example/a.svg" });
            const evil = anAttachment({ content_type: "image/png", url: "javascript:alert(1)" });
            const { wrapper } = await show({ rows: [aMessage({ attachments: [drawing, evil] })] });
            expect(wrapper.findAll(".mtchat-image img")).toHaveLength(0);
        });

        it("may be shown by the host", async () => {
            const { wrapper } = await show({
                rows: [aMessage({ attachments: [document_] })],
                slots: { attachment: ({ file }: { file: { filename: string } }) => `[${file.filename}]` },
            });
            expect(wrapper.text()).toContain("[bill-of-lading.pdf]");
        });
    });

    it("adds and takes back reactions", async () => {
        const liked = aMessage({
            reactions: [
                { emoji: "👍", count: 2, me: true },
                { emoji: "🎉", count: 1, me: false },
            ],
        });
        const { message, client, open } = await show({ rows: [liked] });
        const [mine, theirs] = message(liked.id).findAll(".mtchat-reaction");
        expect([mine!.attributes("aria-pressed"), theirs!.attributes("aria-pressed")]).toEqual(["true", "false"]);
        await mine!.trigger("click");
        await theirs!.trigger("click");
        expect(client.wanted("unreact")).toEqual([[open.id, liked.id, "👍"]]);
        expect(client.wanted("react")).toEqual([[open.id, liked.id, "🎉"]]);
    });

    describe("the menu", () => {
        const choose = async (label: string) => {
            const item = [...document.querySelectorAll<HTMLElement>("[role=menuitem]")].find((one) => one.textContent.trim() === label);
            if (item === undefined) throw new Error(`There is no «${label}».`);
            item.click();
            await flushPromises();
        };

        it("opens by the right button and by keys", async () => {
            const one = aMessage();
            const { message } = await show({ rows: [one] });
            for (const [name, more] of [["contextmenu", { clientX: 5, clientY: 5 }], ["keydown", { key: "Enter" }]] as const) {
                await message(one.id).trigger(name, more);
                await flushPromises();
                expect(document.querySelectorAll("[role=menuitem]").length, name).toBeGreaterThan(2);
                await choose("Who has read it");
            }
        });

        it("deletes after a confirmation only", async () => {
            const own = aMessage({ sender_id: "anna" });
            const { message, client, overlays, open } = await show({ rows: [own] });
            const confirm = vi.spyOn(overlays, "confirm").mockResolvedValueOnce(false).mockResolvedValueOnce(true);
            for (const times of [0, 1]) {
                await message(own.id).trigger("keydown", { key: "Enter" });
                await flushPromises();
                await choose("Delete");
                expect(client.wanted("remove")).toHaveLength(times);
            }
            expect(client.wanted("remove")).toEqual([[open.id, own.id]]);
            expect(confirm.mock.calls[0]![0]).toMatchObject({ danger: true });
        });

        it("answers and edits by the composer", async () => {
            const [theirs, own] = [aMessage(), aMessage({ sender_id: "anna", sent_at: at(1) })];
            const { message, context } = await show({ rows: [theirs, own] });
            for (const [id, label, mode] of [[theirs.id, "Reply", "reply"], [own.id, "Edit", "edit"]] as const) {
                await message(id).trigger("keydown", { key: "Enter" });
                await flushPromises();
                await choose(label);
                expect(context.composer.mode.value.kind).toBe(mode);
            }
        });

        it("says what did not work", async () => {
            const own = aMessage({ sender_id: "anna" });
            const { message, overlays, wrapper, settle } = await show({ rows: [own], answers: { remove: async () => Promise.reject(new Error("no")) } });
            vi.spyOn(overlays, "confirm").mockResolvedValue(true);
            await message(own.id).trigger("keydown", { key: "Enter" });
            await flushPromises();
            await choose("Delete");
            await settle();
            expect(wrapper.get(".mtchat-notice").text()).toContain("did not work");
        });
    });

    it("is gone through by the arrow keys", async () => {
        const all = [aMessage({ sent_at: at(0) }), aMessage({ sent_at: at(1) }), aMessage({ sent_at: at(2) })];
        const { message, wrapper, settle } = await show({ rows: all });
        expect(wrapper.findAll("article[tabindex='0']").map((one) => one.attributes("data-message-id"))).toEqual([all[2]!.id]);
        (message(all[2]!.id).element as HTMLElement).focus();
        await message(all[2]!.id).trigger("keydown", { key: "ArrowUp" });
        await settle();
        expect(document.activeElement).toBe(message(all[1]!.id).element);
    });

    it("shows a message as the host wants it", async () => {
        const { wrapper } = await show({ rows: [aMessage()], slots: { message: ({ item }: { item: { key: string } }) => `<${item.key}>` } });
        expect(wrapper.find("article.mtchat-message").exists()).toBe(false);
    });
});
