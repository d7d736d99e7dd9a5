import { ClientError, type Diff } from "@mtchat/client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { effectScope, nextTick, ref } from "vue";
import { aConfig, aDialog } from "../testing/fixtures.js";
import { FakeSocket } from "../testing/fake-socket.js";
import { StoryClient, storyChat } from "../testing/story-client.js";
import { createChat } from "./chat.js";

afterEach(() => {
    vi.unstubAllGlobals();
    FakeSocket.all.length = 0;
});

describe("a chat", () => {
    it("shows what the client shows, the same objects", () => {
        const client = new StoryClient();
        const chat = storyChat(client);
        const dialogs = [aDialog()];
        client.set({ dialogs });
        expect(chat.state.value).toBe(client.state);
        expect(chat.state.value.dialogs).toBe(dialogs);
        expect(chat.me).toBe("anna");
    });

    it("tells of changes after they are there, until one does not want to hear any more", () => {
        const client = new StoryClient();
        const chat = storyChat(client);
        const heard: unknown[] = [];
        const diffs: Diff[] = [{ more_dialogs: true }];
        const end = chat.onDiffs((told, state) => heard.push([told, state === chat.state.value]));
        client.set({ moreDialogs: true }, diffs);
        end();
        client.set({ moreDialogs: false }, [{ more_dialogs: false }]);
        expect(heard).toEqual([[diffs, true]]);
    });

    it("says when the connection comes and goes, and what goes wrong", () => {
        const told: string[] = [];
        const client = new StoryClient({ connection: "connecting" });
        storyChat(client, {
            onConnect: () => told.push("connected"),
            onDisconnect: () => told.push("disconnected"),
            onError: ({ message }) => told.push(message),
        });
        for (const connection of ["waiting", "connecting", "connected", "waiting", "connecting", "connected"] as const) client.set({ connection });
        client.fail(new ClientError("storage", "full"));
        expect(told).toEqual(["connected", "disconnected", "connected", "full"]);
    });

    it("does not come back where that is not wanted", () => {
        const client = new StoryClient();
        storyChat(client, { reconnect: false });
        client.set({ connection: "waiting" });
        expect(client.wanted("disconnect")).toHaveLength(1);
        const other = new StoryClient();
        storyChat(other);
        other.set({ connection: "waiting" });
        expect(other.wanted("disconnect")).toHaveLength(0);
    });

    it("is closed once, and hears nothing then", () => {
        const client = new StoryClient();
        const chat = storyChat(client);
        chat.close();
        chat.close();
        client.set({ moreDialogs: true });
        expect(chat.state.value.moreDialogs).toBe(false);
        expect(client.wanted("close")).toHaveLength(1);
    });

    it("keeps what it shows when the token changes, and what is open goes on with the new one", async () => {
        vi.stubGlobal("WebSocket", FakeSocket);
        vi.stubGlobal("fetch", async () => Response.json({ data: [] }));
        const token = ref("one");
        // Who hears frames has a connection of its own: there are no tabs here.
        const config = aConfig({ onMessage: () => undefined });
        const scope = effectScope();
        const chat = scope.run(() => createChat(config, { token }))!;
        await vi.waitFor(() => expect(FakeSocket.all).toHaveLength(1), { timeout: 10_000 });
        const [socket] = FakeSocket.all;
        socket!.open();
        await vi.waitFor(() => expect(socket!.said).toContainEqual(expect.objectContaining({ type: "auth", token: "one" })));
        const before = chat.state.value;
        token.value = "two";
        await nextTick();
        expect(socket!.said.at(-1)).toEqual({ type: "auth", token: "two" });
        expect(chat.state.value).toBe(before);
        expect(FakeSocket.all).toHaveLength(1);
        scope.stop();
        await vi.waitFor(() => expect(socket!.readyState).toBe(3));
    });

    it("does nothing before it is wanted where nobody wants to connect", () => {
        vi.stubGlobal("WebSocket", FakeSocket);
        const chat = createChat(aConfig(), { autoConnect: false });
        expect(chat.state.value.connection).toBe("idle");
        chat.close();
    });
});
