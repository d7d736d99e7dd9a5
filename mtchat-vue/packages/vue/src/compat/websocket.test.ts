// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NodeSocket, say, TestServer } from "./testing/server.js";
import type { WsEvent } from "./types.js";
import { eventOf, MTChatWebSocket, type MTChatWebSocketOptions, pause } from "./websocket.js";

let server: TestServer;
let socket: MTChatWebSocket;
const happened: string[] = [];
const events: WsEvent[] = [];

beforeEach(async () => {
    server = await TestServer.start();
    happened.length = events.length = 0;
});
afterEach(async () => {
    socket.disconnect();
    await server.stop();
});

function connect(options: Partial<MTChatWebSocketOptions> = {}): MTChatWebSocket {
    socket = new MTChatWebSocket({
        url: server.wsUrl,
        userId: "ann & co",
        token: "jwt",
        reconnectInterval: 5,
        onConnect: () => happened.push("connected"),
        onDisconnect: () => happened.push("disconnected"),
        onError: (error) => happened.push(error.message),
        onMessage: (event) => events.push(event),
        WebSocket: NodeSocket,
        ...options,
    });
    socket.connect();
    return socket;
}

const until = (holds: () => boolean) => vi.waitFor(() => expect(holds()).toBe(true), { timeout: 5_000, interval: 2 });

describe("identity", () => {
    it("is a token in the first frame, never in the address", async () => {
        server.greet = () => undefined;
        server.hear = (to, frame) => frame.type === "auth" && say(to, { type: "connected", employee_id: "ann" });
        connect();
        await until(() => socket.isConnected);
        expect(server.handshakes).toEqual(["/api/v1/ws"]);
        expect(server.frames).toEqual([{ type: "auth", token: "jwt" }]);
        expect(happened).toEqual(["connected"]);
    });

    it("is a name in the address where there is no token", async () => {
        connect({ token: undefined });
        await until(() => socket.isConnected);
        expect(server.handshakes).toEqual(["/api/v1/ws?user_id=ann%20%26%20co"]);
        expect(server.frames).toEqual([]);
    });

    it("is renewed when it ends, without a new connection", async () => {
        connect({ token: (refused) => (refused ? "fresh" : "old") });
        await until(() => socket.isConnected);
        say(server.sockets[0]!, { type: "error", code: "UNAUTHORIZED", message: "the token has expired" });
        await until(() => server.frames.some((frame) => frame.token === "fresh"));
        expect(server.sockets).toHaveLength(1);
    });

    it("is asked for again when the server hangs up because of it", async () => {
        connect({ token: async (refused) => (refused ? "fresh" : "old") });
        await until(() => socket.isConnected);
        server.sockets[0]!.close(4101);
        await until(() => server.frames.some((frame) => frame.token === "fresh"));
    });
});

describe("events", () => {
    it.each([
        ["flat", { type: "message.new", id: "m", dialog_id: "d" }],
        ["wrapped", { type: "message.new", payload: { id: "m", dialog_id: "d" } }],
    ])("come %s and look the same", async (_, frame) => {
        connect();
        await until(() => socket.isConnected);
        say(server.sockets[0]!, frame);
        await until(() => events.length === 2);
        expect(events[1]).toEqual({ type: "message.new", id: "m", dialog_id: "d", payload: { id: "m", dialog_id: "d" } });
    });

    it.each([["not JSON"], ["null"], ["[]"], ['{"type":7}']])("are not: %s", (text) => {
        expect(eventOf(text)).toBeNull();
    });

    it("of an error are told as one", async () => {
        connect();
        await until(() => socket.isConnected);
        say(server.sockets[0]!, { type: "error", message: "not JSON" });
        await until(() => happened.includes("not JSON"));
    });
});

describe("saying something", () => {
    it("reaches the server", async () => {
        connect({ token: undefined });
        await until(() => socket.isConnected);
        socket.subscribe("d");
        socket.unsubscribe("d");
        socket.ping();
        await until(() => server.frames.length === 3);
        expect(server.frames).toEqual([{ type: "subscribe", dialog_id: "d" }, { type: "unsubscribe", dialog_id: "d" }, { type: "ping" }]);
    });

    it("goes nowhere before there is a connection", () => {
        connect();
        expect(socket.send({ type: "ping" })).toBe(false);
    });
});

describe("coming back", () => {
    it("happens when the connection is lost", async () => {
        connect();
        await until(() => socket.isConnected);
        server.sockets[0]!.terminate();
        await until(() => happened.filter((what) => what === "connected").length === 2);
        expect(happened.slice(0, 2)).toEqual(["connected", "disconnected"]);
    });

    it("there is one connection, however often it is wanted", async () => {
        connect();
        socket.connect();
        await until(() => socket.isConnected);
        socket.connect();
        expect(server.handshakes).toHaveLength(1);
    });

    it("ends with disconnect", async () => {
        connect();
        await until(() => socket.isConnected);
        socket.disconnect();
        expect(socket.isConnected).toBe(false);
        expect(happened).toEqual(["connected", "disconnected"]);
    });

    it.each([
        [0, 3_000, 0, 1_500],
        [0, 3_000, 1, 3_000],
        [2, 3_000, 1, 12_000],
        [9, 3_000, 1, 30_000],
        [500, 3_000, 1, 30_000],
        [1, 60_000, 1, 60_000],
    ])("waits longer each time, not all the same: %i failures", (failures, first, random, wait) => {
        expect(pause(failures, first, () => random)).toBe(wait);
    });
});

describe("in time", () => {
    /** Sockets whose other side is played by the test; time is, too. */
    class Played {
        static all: Played[] = [];
        readyState = 1;
        said: string[] = [];
        onopen: (() => void) | null = null;
        onmessage: ((event: { data: string }) => void) | null = null;
        onclose: ((event: { code: number }) => void) | null = null;
        onerror: (() => void) | null = null;
        constructor(readonly url: string) {
            Played.all.push(this);
        }
        send(text: string) {
            this.said.push(text);
        }
        close() {
            this.readyState = 3;
        }
        hear(frame: unknown) {
            this.onmessage?.({ data: JSON.stringify(frame) });
        }
    }
    const PING = JSON.stringify({ type: "ping" });

    beforeEach(() => {
        vi.useFakeTimers();
        Played.all = [];
    });
    afterEach(() => void vi.useRealTimers());

    async function played(options: Partial<MTChatWebSocketOptions> = {}) {
        connect({ ...options, token: undefined, heartbeatInterval: 30_000, reconnectInterval: 3_000, WebSocket: Played as never });
        await vi.advanceTimersByTimeAsync(0);
        Played.all[0]!.hear({ type: "connected" });
        return Played.all[0]!;
    }

    it("pings every interval, and a pong keeps the connection", async () => {
        const first = await played();
        for (let beat = 1; beat <= 3; beat += 1) {
            await vi.advanceTimersByTimeAsync(30_000);
            first.hear({ type: "pong" });
            expect(first.said.filter((text) => text === PING)).toHaveLength(beat);
        }
        expect(socket.isConnected).toBe(true);
        expect(Played.all).toHaveLength(1);
    });

    it.each([
        ["where it is not wanted", { reconnect: false }, 1006],
        ["when it would not help", {}, 4102],
    ])("does not come back %s", async (_, options, code) => {
        const first = await played(options);
        first.onclose?.({ code });
        expect(socket.isConnected).toBe(false);
        await vi.advanceTimersByTimeAsync(600_000);
        expect(Played.all).toHaveLength(1);
    });

    it("without a pong the connection is dead, and another one is made", async () => {
        const first = await played();
        await vi.advanceTimersByTimeAsync(30_000 + 10_000);
        expect(socket.isConnected).toBe(false);
        expect(first.readyState).toBe(3);
        await vi.advanceTimersByTimeAsync(3_000);
        expect(Played.all).toHaveLength(2);
        Played.all[1]!.hear({ type: "connected" });
        expect(happened).toEqual(["connected", "disconnected", "connected"]);
    });

    it("what a dead connection still says is not heard", async () => {
        const first = await played();
        await vi.advanceTimersByTimeAsync(40_000);
        first.hear({ type: "message.new", id: "late" });
        expect(events.map((event) => event.type)).toEqual(["connected"]);
    });

    it("a server that never says who one is counts as dead, too", async () => {
        connect({ token: undefined, WebSocket: Played as never });
        await vi.advanceTimersByTimeAsync(10_000 + 3_000);
        expect(Played.all.length).toBeGreaterThan(1);
        expect(happened).toEqual([]);
    });
});
