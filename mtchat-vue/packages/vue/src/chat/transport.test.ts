import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { aConfig } from "../testing/fixtures.js";
import { FakeSocket } from "../testing/fake-socket.js";
import { type MTChatConfig, resolveConfig } from "./config.js";
import { encodeScopes } from "./scopes.js";
import { TokenSource } from "./tokens.js";
import { Transport } from "./transport.js";

const API = "https://chat.example/api/v1";

function transport(config: Partial<MTChatConfig> = {}, prop?: string) {
    const given = { config, prop };
    const resolved = () => resolveConfig(aConfig(given.config));
    const tokens = new TokenSource(resolved, () => given.prop);
    const made = new Transport(resolved, tokens);
    const options = made.clientOptions;
    return { given, tokens, transport: made, options, load: options.fetch!, dial: () => new options.WebSocket!("wss://ignored") as unknown as FakeSocket };
}

const asked = vi.fn(async (_url: string, _init?: RequestInit) => new Response());
const last = () => {
    const [url, init] = asked.mock.calls.at(-1)!;
    return { url, headers: new Headers(init?.headers) };
};

beforeEach(() => {
    vi.stubGlobal("fetch", asked);
    vi.stubGlobal("WebSocket", FakeSocket);
});
afterEach(() => {
    vi.unstubAllGlobals();
    asked.mockClear();
    FakeSocket.all.length = 0;
});

describe("requests", () => {
    it("say with which scopes they ask", async () => {
        await transport({ token: "t" }).load(`${API}/dialogs?limit=50&type=available`, { headers: { Authorization: "Bearer t" } });
        expect(last().headers.get("X-Scope-Config")).toBe(encodeScopes(aConfig().scopeConfig));
        expect(last().headers.get("Authorization")).toBe("Bearer t");
    });

    it("say nothing of scopes where the host has none", async () => {
        await transport({ token: "t", scopeConfig: {} }).load(`${API}/dialogs?type=available`);
        expect(last().headers.has("X-Scope-Config")).toBe(false);
    });

    it.each(["/dialogs?limit=50", "/dialogs?type=participating"])("say nothing of scopes to %s: what one is in is there whoever else may join", async (list) => {
        for (const config of [{ token: "t" }, {}]) {
            await transport(config).load(`${API}${list}`);
            expect(last().headers.has("X-Scope-Config")).toBe(false);
        }
    });

    it("name the user where there is no token", async () => {
        const { load } = transport({ userId: "я/1 &", scopeConfig: {} });
        await load(`${API}/dialogs?limit=1`, { headers: { Authorization: "Bearer insecure" } });
        expect(last().url).toBe(`${API}/dialogs?limit=1&user_id=%D1%8F%2F1%20%26`);
        expect(last().headers.has("Authorization")).toBe(false);
        await load(`${API}/unread`);
        expect(last().url).toContain("/unread?user_id=");
        expect(last().headers.has("X-Scope-Config")).toBe(true);
    });

    it("go with a changed token at once", async () => {
        const { load, given, tokens } = transport({}, "one");
        await tokens.next();
        given.prop = "two";
        await load(`${API}/dialogs`, { headers: { Authorization: "Bearer one" } });
        expect(last().headers.get("Authorization")).toBe("Bearer two");
    });

    it("to anywhere else carry nothing of this", async () => {
        await transport().load("https://files.example/bucket/1", { method: "PUT" });
        expect(last().url).toBe("https://files.example/bucket/1");
        expect([...last().headers]).toEqual([]);
    });
});

describe("sockets", () => {
    it("go to where the configuration says", () => {
        expect(transport({ token: "t" }).dial().url).toBe("wss://chat.example/api/v1/ws");
        expect(transport({ token: "t", wsUrl: "wss://live.example/ws" }).dial().url).toBe("wss://live.example/ws");
    });

    it("name the user where there is no token", () => {
        expect(transport({ userId: "a b" }).dial().url).toBe("wss://chat.example/api/v1/ws?user_id=a%20b");
    });

    it("that are open hear of a changed token, and those that come say the new one", async () => {
        const { given, tokens, transport: one, dial } = transport({}, "one");
        await tokens.next();
        const socket = dial();
        socket.open();
        socket.send('{"type":"auth","token":"one","pos":"7"}');
        given.prop = "two";
        one.renew();
        const later = dial();
        later.open();
        later.send('{"type":"auth","token":"one","pos":"8"}');
        later.send('{"type":"ping"}');
        expect(socket.said).toEqual([{ type: "auth", token: "one", pos: "7" }, { type: "auth", token: "two" }]);
        expect(later.said).toEqual([{ type: "auth", token: "two", pos: "8" }, { type: "ping" }]);
    });

    it("that are closed hear nothing any more", async () => {
        const { given, tokens, transport: one, dial } = transport({}, "one");
        await tokens.next();
        const socket = dial();
        socket.open();
        socket.close();
        given.prop = "two";
        one.renew();
        expect(socket.said).toEqual([]);
    });

    it("tell the host what comes, and belong to this tab alone then", () => {
        const onMessage = vi.fn();
        const { dial, options } = transport({ onMessage });
        const socket = dial();
        socket.hear({ type: "pong" });
        socket.hear("no JSON");
        expect(onMessage.mock.calls).toEqual([[{ type: "pong" }]]);
        expect(options.tabs).toBe(false);
        expect(transport().options.tabs).toBeUndefined();
    });
});
