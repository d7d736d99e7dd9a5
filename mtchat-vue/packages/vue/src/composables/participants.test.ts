import { ApiError, type ClientState, type MessageView } from "@mtchat/client";
import { flushPromises } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { computed, ref } from "vue";
import { aDialog, aMessage, aParticipant, at, PEOPLE, rowsOf } from "../testing/fixtures.js";
import { type Answers, inScope, StoryClient, storyChat } from "../testing/story-client.js";
import { useParticipants } from "./participants.js";

const d = "d";
const { anna, jonas, maria, wei } = PEOPLE;
const person = (user_id: string, joined: number, more = {}) => aParticipant({ user_id, joined_at: at(joined), ...more });

function peopleOf(people: ReturnType<typeof aParticipant>[] | null, state: Partial<ClientState> = {}, answers: Answers = {}) {
    const participants = new Map(people === null ? [] : [[d, people]]);
    const client = new StoryClient({ dialogs: [aDialog({ id: d })], participants, ...state }, answers);
    const id = ref<string | null>(d);
    const show = (now: ReturnType<typeof aParticipant>[]) => client.set({ participants: new Map([[d, now]]) });
    return { client, id, show, people: inScope(() => useParticipants(id, storyChat(client))) };
}

describe("the people of a dialog", () => {
    it("are oneself, the creator, and then by join date", () => {
        const { people } = peopleOf([person(wei.id, 3), person(maria.id, 1), person(jonas.id, 2, { joined_as: "creator" }), person(anna.id, 4)]);
        expect(people.participants.value.map(({ user_id }) => user_id)).toEqual([anna.id, jonas.id, maria.id, wei.id]);
        expect(people.of(wei.id)?.company).toBe(wei.company);
        expect(people.isLoading.value).toBe(false);
    });

    it("are loading while the client loads them", () => {
        const { client, show, people } = peopleOf(null);
        expect([people.isLoading.value, client.wanted("participants")]).toEqual([true, []]);
        show([person(anna.id, 0)]);
        expect(people.isLoading.value).toBe(false);
    });

    it("are read of the server where one is not in the dialog", async () => {
        const answer = async () => [{ ...person(jonas.id, 0), dialog_id: d, notifications_enabled: true, notification_level: "all", unread_count: 0, is_archived: false, is_pinned: false } as const];
        const { people } = peopleOf(null, { dialogs: [], available: [aDialog({ id: d, i_am_participant: false })] }, { participants: answer });
        await flushPromises();
        expect(people.participants.value.map(({ user_id }) => user_id)).toEqual([jonas.id]);
    });

    it("of a dialog that is left do not come late", async () => {
        let answer: (rows: []) => void = () => undefined;
        const { id, people } = peopleOf(null, { dialogs: [] }, { participants: () => new Promise((resolve) => (answer = resolve)) });
        const late = answer;
        id.value = "other";
        late([]);
        await flushPromises();
        expect(people.isLoading.value).toBe(true);
    });
});

describe("names", () => {
    it("of who had left before are asked for once, when a message of theirs is there", async () => {
        const former = async () => [{ user_id: "gone", display_name: "Gerda Lang", company: "Altona Logistik" }];
        const rows = rowsOf(aMessage({ sender_id: "gone" }), aMessage({ sender_id: anna.id }));
        const { client, people } = peopleOf([person(anna.id, 0)], {}, { formerParticipants: former });
        await flushPromises();
        expect(client.wanted("formerParticipants")).toEqual([]);
        client.set({ timelines: new Map([[d, { rows, fresh: true }]]) });
        await flushPromises();
        client.set({ timelines: new Map([[d, { rows: [...rows], fresh: true }]]) });
        await flushPromises();
        expect(people.nameOf("gone")).toEqual({ name: "Gerda Lang", company: "Altona Logistik" });
        expect(client.wanted("formerParticipants")).toHaveLength(1);
    });

    it("are those of the rows, and of the list before there are any", () => {
        const { show, people } = peopleOf(null);
        expect(people.nameOf(maria.id)).toEqual({ name: maria.name, company: maria.company });
        show([person(maria.id, 0, { display_name: "M. Orlova" })]);
        expect(people.nameOf(maria.id).name).toBe("M. Orlova");
    });

    it("of those who have left stay known", () => {
        const { client, show, people } = peopleOf([person(anna.id, 0), person(wei.id, 1)]);
        show([person(anna.id, 0)]);
        client.set({ dialogs: [aDialog({ id: d, last_message: { id: "m", content: "x", sender_id: wei.id, sender_name: wei.name, sent_at: at(0), message_type: "user" } })] });
        expect(people.nameOf(wei.id)).toEqual({ name: wei.name, company: wei.company });
    });

    it("come with messages where servers say them", () => {
        const { client, people } = peopleOf([]);
        const named = { ...aMessage({ sender_id: wei.id }), sender: { display_name: wei.name, company: wei.company } } as MessageView;
        client.show(d, rowsOf(named));
        expect(people.nameOf(wei.id)).toEqual({ name: wei.name, company: wei.company });
    });

    it("that nobody knows are the user's id, and nobody has none", () => {
        const { id, people } = peopleOf([]);
        expect([people.nameOf("x-1"), people.nameOf(null)]).toEqual([{ name: "x-1", company: null }, { name: "", company: null }]);
        id.value = "other";
        expect(people.nameOf(wei.id).name).toBe(wei.id);
    });

    it("are not told anew when nobody's is another one", () => {
        const { client, show, people } = peopleOf([person(jonas.id, 0)]);
        let told = 0;
        const name = computed(() => (told++, people.nameOf(jonas.id).name));
        void name.value;
        client.show(d, rowsOf(aMessage()));
        show([person(jonas.id, 0, { is_online: true })]);
        void name.value;
        expect(told).toBe(1);
    });

    it("of others who type are told", () => {
        const { people } = peopleOf([], { typing: new Map([[d, [anna.id, jonas.id]]]) });
        expect(people.typing.value).toEqual([jonas.name]);
    });
});

describe("readers", () => {
    // Ids by clocks that go wrong: the later message has the smaller one.
    const first = aMessage({ id: "b", seq: 1, sender_id: anna.id });
    const second = aMessage({ id: "a", seq: 2, sender_id: jonas.id });
    const read = (jonasRead: string | null, mariaRead: string | null) => [
        person(anna.id, 0, { last_read_message_id: "a" }),
        person(jonas.id, 1, { last_read_message_id: jonasRead }),
        person(maria.id, 2, { last_read_message_id: mariaRead }),
    ];
    const namesOf = (rows: readonly { user_id: string }[]) => rows.map(({ user_id }) => user_id);

    it.each<[string | null, string | null, string[], string[]]>([
        [null, null, [], []],
        ["b", null, [jonas.id], []],
        ["a", "b", [jonas.id, maria.id], []],
        ["a", "a", [jonas.id, maria.id], [maria.id]],
    ])("are others who are that far, by the order of messages: %s %s", (jonasRead, mariaRead, ofFirst, ofSecond) => {
        const { client, people } = peopleOf(read(jonasRead, mariaRead));
        client.show(d, rowsOf(first, second));
        expect([namesOf(people.readersOf(first)), namesOf(people.readersOf(second))]).toEqual([ofFirst, ofSecond]);
    });

    it("are right where what they have read is not loaded", async () => {
        const { client, people } = peopleOf(read("a", null), {}, { message: async () => second });
        client.show(d, rowsOf(first));
        await flushPromises();
        expect(client.wanted("message")).toEqual([[d, "a"]]);
        expect(namesOf(people.readersOf(first))).toEqual([jonas.id]);
    });

    it("of very many are asked for so many at most, the newest first", async () => {
        const crowd = Array.from({ length: 100 }, (_, place) => aParticipant({ user_id: `user-${place}`, last_read_message_id: `m${String(place).padStart(3, "0")}` }));
        const { client } = peopleOf(crowd);
        client.show(d, rowsOf(first));
        await flushPromises();
        const asked = client.wanted("message").map(([, id]) => id);
        expect([asked.length, asked[0]]).toEqual([30, "m099"]);
    });

    it("are guessed by the ids where that message is deleted", async () => {
        const { client, people } = peopleOf(read("z", null), {}, { message: () => Promise.reject(new ApiError("MESSAGE_NOT_FOUND", 404, "gone")) });
        client.show(d, rowsOf(first));
        await flushPromises();
        expect(namesOf(people.readersOf(first))).toEqual([jonas.id]);
        client.show(d, rowsOf(first, second));
        await flushPromises();
        expect(client.wanted("message")).toHaveLength(1);
    });
});
