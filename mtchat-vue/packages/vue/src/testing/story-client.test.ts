import { describe, expect, it } from "vitest";
import { onScopeDispose } from "vue";
import { aDialog, aMessage, aParticipant, PEOPLE, rowsOf } from "./fixtures.js";
import { inScope, StoryClient, storyChat } from "./story-client.js";

describe("a client of a story", () => {
    it("shows what it is given, and tells what is different", () => {
        const client = new StoryClient({ dialogs: [aDialog({ id: "d" })] });
        const told: number[] = [];
        const end = client.subscribe((_, state) => told.push(state.timelines.get("d")?.rows.length ?? 0));
        client.show("d", rowsOf(aMessage(), "gap"), false);
        end();
        client.show("d", []);
        expect(told).toEqual([2]);
        expect(client.state.timelines.get("d")).toEqual({ rows: [], fresh: true });
    });

    it("remembers what is wanted of it, and answers as it is told to", async () => {
        const client = new StoryClient({}, { dialogOfObject: async () => aDialog({ id: "d" }) });
        expect((await client.dialogOfObject("order", "1"))?.id).toBe("d");
        client.answers.pin = () => Promise.reject(new Error("no"));
        await expect(client.pin("d")).rejects.toThrow("no");
        client.open("d").close();
        expect(client.wants.map(({ what, of }) => [what, ...of])).toEqual([
            ["dialogOfObject", "order", "1"],
            ["pin", "d"],
            ["open", "d"],
            ["close", "d"],
        ]);
    });

    it("says what is there where it has no other answer", async () => {
        const client = new StoryClient();
        const message = aMessage();
        client.show("d", rowsOf(message));
        expect(await client.message("d", message.id)).toBe(message);
        expect((await client.edit("d", message.id, "new")).content).toBe("new");
        expect(await client.send("d", "Hi")).toMatch(/^[0-9a-f-]{36}$/);
        await client.draft("d", "x");
        expect(client.state.drafts.get("d")).toBe("x");
        await client.draft("d", "");
        expect(client.state.drafts.has("d")).toBe(false);
    });

    it("makes a chat of Anna's", () => {
        const chat = storyChat(undefined, { locale: "zh" });
        expect([chat.me, chat.config.value.locale]).toEqual([PEOPLE.anna.id, "zh"]);
    });
});

describe("things of stories", () => {
    it("are different ones each time, in order", () => {
        const [one, other] = [aMessage(), aMessage()];
        expect(one.id < other.id && one.seq < other.seq).toBe(true);
        expect(aDialog().id).not.toBe(aDialog().id);
    });

    it("know their people", () => {
        expect(aParticipant({ user_id: PEOPLE.wei.id })).toMatchObject({ display_name: PEOPLE.wei.name, company: PEOPLE.wei.company });
    });

    it("of candidates say nothing that candidates are not told", () => {
        const dialog = aDialog({ i_am_participant: false });
        expect([dialog.can_join, "unread_count" in dialog]).toEqual([true, false]);
    });
});

describe("a scope of a test", () => {
    it("lives until it is stopped", () => {
        const ended: boolean[] = [];
        const { value, stop } = inScope(() => {
            onScopeDispose(() => ended.push(true));
            return { value: 1 };
        });
        expect([value, ended]).toEqual([1, []]);
        stop();
        expect(ended).toEqual([true]);
    });
});
