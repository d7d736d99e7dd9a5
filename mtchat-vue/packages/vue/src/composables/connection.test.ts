import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { aParticipant, PEOPLE } from "../testing/fixtures.js";
import { inScope, StoryClient, storyChat } from "../testing/story-client.js";
import { useConnection } from "./connection.js";
import { usePresence } from "./presence.js";
import { useUnread } from "./unread.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("the connection", () => {
    const used = (connection: "idle" | "connected" | "waiting") => {
        const client = new StoryClient({ connection });
        return { client, connection: inScope(() => useConnection(storyChat(client))) };
    };

    it("is trouble when it is missed for longer than a moment, until it is there", () => {
        const { client, connection } = used("connected");
        client.set({ connection: "waiting" });
        client.set({ connection: "connecting" });
        vi.advanceTimersByTime(1_499);
        expect([connection.isConnected.value, connection.isTroubled.value]).toEqual([false, false]);
        vi.advanceTimersByTime(1);
        expect(connection.isTroubled.value).toBe(true);
        client.set({ connection: "connected" });
        expect([connection.isConnected.value, connection.isTroubled.value]).toEqual([true, false]);
    });

    it("is no trouble when it comes back at once, or nobody wants it", () => {
        const { client, connection } = used("waiting");
        vi.advanceTimersByTime(1_000);
        client.set({ connection: "connected" });
        vi.advanceTimersByTime(1_000);
        client.set({ connection: "idle" });
        vi.advanceTimersByTime(5_000);
        expect(connection.isTroubled.value).toBe(false);
    });

    it("is made and ended", async () => {
        const { client, connection } = used("idle");
        await connection.connect();
        connection.disconnect();
        expect(client.wants.map(({ what }) => what)).toEqual(["connect", "disconnect"]);
    });
});

describe("what is unread", () => {
    it("is zero before it is known", () => {
        const client = new StoryClient({ unread: null });
        const unread = inScope(() => useUnread(storyChat(client)));
        expect([unread.messages.value, unread.dialogs.value]).toEqual([0, 0]);
        client.set({ unread: { messages: 7, dialogs: 2 } });
        expect([unread.messages.value, unread.dialogs.value]).toEqual([7, 2]);
    });
});

describe("presence", () => {
    const { anna, jonas, maria } = PEOPLE;

    it("is what was seen last, then what open dialogs say, and for oneself the connection", () => {
        const participants = new Map([["d", [aParticipant({ user_id: jonas.id, is_online: true }), aParticipant({ user_id: maria.id, is_online: true })]]]);
        const client = new StoryClient({ participants, presence: new Map([[maria.id, false]]) });
        const presence = inScope(() => usePresence(storyChat(client)));
        const online = () => [anna.id, jonas.id, maria.id, "nobody"].map((user) => presence.isOnline(user));
        expect(online()).toEqual([true, true, false, false]);
        client.set({ connection: "waiting" });
        expect(online()[0]).toBe(false);
    });
});
