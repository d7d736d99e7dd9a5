import { describe, expect, it } from "vitest";
import { aConfig } from "../testing/fixtures.js";
import { type MTChatConfig, resolveConfig } from "./config.js";
import { NO_TOKEN, TokenSource } from "./tokens.js";

function source(config: Partial<MTChatConfig>, prop?: string) {
    const given = { config, prop };
    return { given, tokens: new TokenSource(() => resolveConfig(aConfig(given.config)), () => given.prop) };
}

describe("the token", () => {
    const getToken = async () => "fresh";
    it.each<[string, Partial<MTChatConfig>, string | undefined, string]>([
        ["the prop before anything else", { token: "config", getToken }, "prop", "prop"],
        ["getToken's before that of the configuration", { token: "config", getToken }, undefined, "fresh"],
        ["that of the configuration", { token: "config" }, undefined, "config"],
        ["that of the configuration where getToken has none", { token: "config", getToken: async () => null }, undefined, "config"],
        ["none at all", {}, undefined, NO_TOKEN],
        ["an empty prop is none", { token: "config" }, "", "config"],
    ])("is %s", async (_, config, prop, expected) => {
        expect(await source(config, prop).tokens.next()).toBe(expected);
    });

    it("is getToken's when the server does not take the prop", async () => {
        const { tokens } = source({ getToken }, "prop");
        expect([await tokens.next(), await tokens.next()]).toEqual(["prop", "fresh"]);
    });

    it("is none for now when getToken has none", async () => {
        expect(await source({ getToken: async () => null }).tokens.next()).toBeNull();
    });

    it("is newer than the client's from when the prop changes until the client has it", async () => {
        const { given, tokens } = source({}, "one");
        await tokens.next();
        expect(tokens.newer).toBeUndefined();
        given.prop = "two";
        expect(tokens.newer).toBe("two");
        await tokens.next();
        expect(tokens.newer).toBeUndefined();
    });

    it("is missing only where nobody gives one", () => {
        expect(source({}).tokens.isInsecure).toBe(true);
        for (const given of [source({ token: "t" }), source({ getToken }), source({}, "t")]) expect(given.tokens.isInsecure).toBe(false);
    });
});
