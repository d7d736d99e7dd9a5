import { describe, expect, it } from "vitest";
import { aConfig } from "../testing/fixtures.js";
import { resolveConfig, socketUrlOf } from "./config.js";

describe("a configuration", () => {
    it("has its defaults where nothing is said", () => {
        const { reconnect, reconnectInterval, heartbeatInterval, locale, wsUrl } = resolveConfig({ ...aConfig(), locale: undefined });
        expect({ reconnect, reconnectInterval, heartbeatInterval, locale, wsUrl }).toEqual({
            reconnect: true,
            reconnectInterval: 3_000,
            heartbeatInterval: 30_000,
            locale: "ru",
            wsUrl: "wss://chat.example/api/v1/ws",
        });
    });

    it("is not overridden by what is undefined", () => {
        const said = { reconnect: undefined, wsUrl: undefined, heartbeatInterval: undefined };
        expect(resolveConfig(aConfig(said))).toMatchObject({ reconnect: true, wsUrl: "wss://chat.example/api/v1/ws", heartbeatInterval: 30_000 });
    });

    it("keeps what is said, also what is false or zero", () => {
        expect(resolveConfig(aConfig({ reconnect: false, reconnectInterval: 0, wsUrl: "wss://other/ws" }))).toMatchObject({
            reconnect: false,
            reconnectInterval: 0,
            wsUrl: "wss://other/ws",
        });
    });

    it.each([
        ["https://chat.example", "wss://chat.example/api/v1/ws"],
        ["http://localhost:8080/", "ws://localhost:8080/api/v1/ws"],
        ["https://chat.example/base/", "wss://chat.example/base/api/v1/ws"],
        ["/chat", "/chat/api/v1/ws"],
    ])("connects for %s to %s", (base, socket) => {
        expect(socketUrlOf(base)).toBe(socket);
    });
});
