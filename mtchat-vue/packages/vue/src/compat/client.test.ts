// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MTChatConfig } from "../chat/config.js";
import { MTChatClient } from "./client.js";
import { NodeSocket, say, TestServer } from "./testing/server.js";

let server: TestServer;
let client: MTChatClient;
beforeEach(async () => {
    vi.stubGlobal("WebSocket", NodeSocket);
    server = await TestServer.start();
});
afterEach(async () => {
    client.disconnect();
    await server.stop();
    vi.unstubAllGlobals();
});

function create(config: Partial<MTChatConfig> = {}): MTChatClient {
    client = new MTChatClient({
        baseUrl: server.baseUrl,
        userId: "ann",
        scopeConfig: { tenant_uid: "northwind" },
        userProfile: { displayName: "Ann", company: "Northwind Freight", phone: "+49 40 1" },
        token: "jwt",
        ...config,
    });
    return client;
}

describe("MTChatClient", () => {
    it("tells events to those who listen, by name or to all, until they stop", async () => {
        create().connect();
        await vi.waitFor(() => expect(client.isConnected).toBe(true));
        const heard: string[] = [];
        const off = client.on("message.new", (event) => heard.push(`new ${event.id}`));
        client.on("*", (event) => heard.push(`* ${event.type}`));
        say(server.sockets[0]!, { type: "message.new", id: "m" });
        await vi.waitFor(() => expect(heard).toEqual(["new m", "* message.new"]));
        off();
        say(server.sockets[0]!, { type: "message.new", id: "n" });
        await vi.waitFor(() => expect(heard).toEqual(["new m", "* message.new", "* message.new"]));
    });

    it("tells that the connection is gone", async () => {
        const onDisconnect = vi.fn();
        create({ onDisconnect, reconnect: false }).connect();
        await vi.waitFor(() => expect(client.isConnected).toBe(true));
        const gone = vi.fn();
        client.on("disconnected", gone);
        server.sockets[0]!.terminate();
        await vi.waitFor(() => expect(gone).toHaveBeenCalledOnce());
        expect(onDisconnect).toHaveBeenCalledOnce();
    });

    it("sends, joins as the user's profile says, and leaves", async () => {
        create();
        expect(client.userId).toBe("ann");
        await client.sendMessage("d", "Hi");
        await client.joinDialog("d");
        expect(server.last.body).toEqual({ display_name: "Ann", company: "Northwind Freight", phone: "+49 40 1" });
        await client.joinDialog("d", { display_name: "A.", company: "N." });
        expect(server.last.body).toEqual({ display_name: "A.", company: "N." });
        await client.leaveDialog("d");
        expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
            "POST /api/v1/dialogs/d/messages",
            "POST /api/v1/dialogs/d/join",
            "POST /api/v1/dialogs/d/join",
            "POST /api/v1/dialogs/d/leave",
        ]);
    });

    it("takes tokens from getToken, for requests and socket alike", async () => {
        const getToken = vi.fn(async () => "fresh");
        create({ token: undefined, getToken }).connect();
        await vi.waitFor(() => expect(server.frames).toContainEqual({ type: "auth", token: "fresh" }));
        await client.api.getDialogs();
        expect(server.last.headers.authorization).toBe("Bearer fresh");
        expect(getToken).toHaveBeenCalledOnce();
    });

    it("names the user where there is no token at all", async () => {
        create({ token: undefined }).connect();
        await vi.waitFor(() => expect(client.isConnected).toBe(true));
        expect(server.handshakes).toEqual(["/api/v1/ws?user_id=ann"]);
    });
});
