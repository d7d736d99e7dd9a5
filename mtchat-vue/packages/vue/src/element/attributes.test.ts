import { describe, expect, it, vi } from "vitest";
import { propsOf } from "./attributes.js";

const SERVER = { "base-url": "https://chat.example", "user-id": "ann" };
const of = (attributes: Record<string, string>, properties: Record<string, unknown> = {}) =>
    propsOf((name) => attributes[name] ?? null, properties);

describe("attributes of <mt-chat>", () => {
    it.each([[{}], [{ "base-url": "https://chat.example" }], [{ "user-id": "ann" }]])("make no chat of %o", (attributes) => {
        expect(of(attributes as Record<string, string>)).toBeNull();
    });

    it.each([
        ["mode", "inline", "mode", "inline"],
        ["object-type", "order", "objectType", "order"],
        ["dialog-id", "d1", "dialogId", "d1"],
        ["show-tabs", "false", "showTabs", false],
        ["show-tabs", "", "showTabs", true],
        ["intercept-object-navigation", "", "interceptObjectNavigation", true],
        ["theme", "night", "theme", "night"],
    ])("%s=%j is the prop %s", (name, value, prop, wanted) => {
        expect(of({ ...SERVER, [name]: value })).toMatchObject({ [prop]: wanted });
    });

    it("fill the configuration", () => {
        expect(of({ ...SERVER, locale: "zh", scopes: '{"tenant_uid":"t"}', "display-name": "Ann", company: "Altona" })).toEqual({
            config: {
                baseUrl: "https://chat.example",
                userId: "ann",
                locale: "zh",
                scopeConfig: { tenant_uid: "t" },
                userProfile: { displayName: "Ann", company: "Altona" },
            },
        });
    });

    it("win over the property config, and lose against properties of their name", () => {
        const config = { baseUrl: "https://other.example", userId: "bob", wsUrl: "wss://x" };
        expect(of({ ...SERVER, theme: "dark" }, { config, theme: "light" })).toMatchObject({
            theme: "light",
            config: { baseUrl: "https://chat.example", userId: "ann", wsUrl: "wss://x" },
        });
    });

    it("that can not be understood count as absent", () => {
        const said = vi.spyOn(console, "error").mockImplementation(() => {});
        expect(of({ ...SERVER, scopes: "{oops" })).toMatchObject({ config: { scopeConfig: {} } });
        expect(said).toHaveBeenCalledOnce();
        said.mockRestore();
    });
});
