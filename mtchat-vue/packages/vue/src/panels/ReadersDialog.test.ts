import { flushPromises } from "@vue/test-utils";
import type { ParticipantRow } from "@mtchat/client";
import { afterEach, describe, expect, it } from "vitest";
import { aMessage, aParticipant, rowsOf } from "../testing/fixtures.js";
import { StoryClient } from "../testing/story-client.js";
import { type Stage, stage } from "./mounting.js";
import ReadersDialog from "./ReadersDialog.vue";

let shown: Stage;
afterEach(() => shown.wrapper.unmount());

const first = aMessage({ id: "m1", dialog_id: "d", sender_id: "anna", seq: 1 });
const second = aMessage({ id: "m2", dialog_id: "d", sender_id: "jonas", seq: 2 });

function show(people: readonly ParticipantRow[], message = first): void {
    const client = new StoryClient({
        participants: new Map([["d", people]]),
        timelines: new Map([["d", { rows: rowsOf(first, second), fresh: true }]]),
    });
    shown = stage(ReadersDialog, { props: { message }, client });
}

const names = (section: string) => shown.wrapper.findAll(`.mtchat-readers__section--${section} .mtchat-readers__name`).map((name) => name.text());

describe("who has read a message", () => {
    it("is told apart from who has not, by company", () => {
        show([
            aParticipant({ user_id: "anna" }),
            aParticipant({ user_id: "jonas", last_read_message_id: "m2" }),
            aParticipant({ user_id: "tom", last_read_message_id: "m1" }),
            aParticipant({ user_id: "maria" }),
        ]);
        expect(names("read")).toEqual(["Jonas Brandt", "Tom Okafor"]);
        expect(names("not-yet")).toEqual(["Мария Орлова"]);
        expect(shown.wrapper.findAll("h4").map((heading) => heading.text())).toEqual(["Altona Logistik", "Northwind Freight", "Солнечный порт"]);
        expect(shown.wrapper.text()).toContain("Read: 2");
        expect(shown.wrapper.text()).toContain("Not yet: 1");
    });

    it("leaves out who wrote it, and oneself", () => {
        show([aParticipant({ user_id: "anna", last_read_message_id: "m2" }), aParticipant({ user_id: "jonas", last_read_message_id: "m2" }), aParticipant({ user_id: "maria" })], second);
        expect(names("read")).toEqual([]);
        expect(names("not-yet")).toEqual(["Мария Орлова"]);
        expect(shown.wrapper.text()).toContain("Nobody has read it yet");
    });

    it("follows while it is open", async () => {
        show([aParticipant({ user_id: "anna" }), aParticipant({ user_id: "jonas" })]);
        expect(names("read")).toEqual([]);
        shown.client.set({ participants: new Map([["d", [aParticipant({ user_id: "anna" }), aParticipant({ user_id: "jonas", last_read_message_id: "m1" })]]]) });
        await flushPromises();
        expect(names("read")).toEqual(["Jonas Brandt"]);
        expect(shown.wrapper.text()).toContain("Everybody has read it");
    });

    it("says that nobody else is there", () => {
        show([aParticipant({ user_id: "anna" })]);
        expect(shown.wrapper.text()).toContain("Nobody else is in this chat");
    });
});
