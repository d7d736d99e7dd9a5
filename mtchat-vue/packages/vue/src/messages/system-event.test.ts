import { describe, expect, it } from "vitest";
import { createI18n } from "../i18n/index.js";
import { parseSystemEvent, systemText } from "./system-event.js";

const en = createI18n({ locale: "en" });
const json = (value: unknown) => JSON.stringify(value);

describe("systemText", () => {
    it.each([
        [{ event: "chat_created", participants: [{ name: "Alice", company: "Acme" }, { name: "Bob" }] }, "Chat created. Participants: Alice (Acme), Bob"],
        [{ event: "chat_created", participants: [] }, "Chat created"],
        [{ event: "chat_created" }, "Chat created"],
        [{ event: "participant_joined", name: "Carol", company: "Acme" }, "Carol (Acme) has joined the chat"],
        [{ event: "participant_left", name: "Carol" }, "Carol has left the chat"],
        [{ event: "participant_left", name: 7 }, "Somebody has left the chat"],
        [{ event: "host_message", text: "It is on its way" }, "It is on its way"],
        [{ event: "card", type: "t", title: "Paid", fields: [], text: "Paid\nAmount: 7" }, "Paid\nAmount: 7"],
        [{ event: "of tomorrow", text: "In words" }, "In words"],
        [{ event: "of tomorrow" }, '{"event":"of tomorrow"}'],
    ])("%j", (content, text) => {
        expect(systemText(json(content), en)).toBe(text);
    });

    it.each(["not JSON", "", "null", "[]", "7", '{"event":'])("shows %j as it is", (content) => {
        expect(systemText(content, en)).toBe(content);
    });

    it("speaks the reader's language", () => {
        const content = json({ event: "participant_joined", name: "Анна", company: "Порт" });
        expect(systemText(content, createI18n({ locale: "ru" }))).toBe("Анна (Порт) теперь в чате");
        expect(systemText(content, createI18n({ locale: "zh" }))).toBe("Анна（Порт） 加入了聊天");
    });

    it("takes markup in names as text", () => {
        expect(systemText(json({ event: "participant_left", name: "<img src=x>" }), en)).toBe("<img src=x> has left the chat");
    });
});

describe("parseSystemEvent", () => {
    it("reads a card, without what is no field", () => {
        const fields = [{ name: "Amount", value: "7 EUR" }, { name: "Empty" }, null, { value: "of nothing" }, 7];
        expect(parseSystemEvent(json({ event: "card", type: "order_paid", title: "Paid", fields, link: "https://a.example" }))).toEqual({
            kind: "card",
            type: "order_paid",
            title: "Paid",
            fields: [
                { name: "Amount", value: "7 EUR" },
                { name: "Empty", value: "" },
            ],
            link: "https://a.example",
            text: "Paid\nAmount: 7 EUR\nEmpty: ",
        });
    });

    it("shows a card without a title as it is", () => {
        expect(parseSystemEvent('{"event":"card"}')).toEqual({ kind: "text", text: '{"event":"card"}' });
    });
});
