import { describe, expect, it } from "vitest";
import type { ScopeConfig } from "./config.js";
import { encodeScopes, scopeLevels } from "./scopes.js";

const read = (header: string) => JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(header), (letter) => letter.charCodeAt(0)))) as unknown;

describe("scopes", () => {
    it.each<[string, ScopeConfig | undefined, [string[], string[], string[]]]>([
        ["camel case", { scopeLevel0: ["t"], scopeLevel1: ["d", "e"], scopeLevel2: ["p"] }, [["t"], ["d", "e"], ["p"]]],
        ["snake case", { scope_level0: ["t"], scope_level2: ["p"] }, [["t"], [], ["p"]]],
        ["a tenant", { tenant_uid: "t", scopeLevel1: ["d"] }, [["t"], ["d"], []]],
        ["a tenant in camel case", { tenantUid: "t" }, [["t"], [], []]],
        ["level 0 before the tenant", { tenantUid: "t", scopeLevel0: ["u"] }, [["u"], [], []]],
        ["nothing", {}, [[], [], []]],
        ["not even that", undefined, [[], [], []]],
    ])("may be said as %s", (_, scopes, [scope_level0, scope_level1, scope_level2]) => {
        expect(scopeLevels(scopes)).toEqual({ scope_level0, scope_level1, scope_level2 });
    });

    it("go into the header with any letters", () => {
        const header = encodeScopes({ scopeLevel0: ["Солнечный порт", "海风货运"] });
        expect(header).toMatch(/^[A-Za-z0-9+/]+=*$/);
        expect(read(header)).toEqual({ scope_level0: ["Солнечный порт", "海风货运"], scope_level1: [], scope_level2: [] });
    });

    it("are written as the documentation writes them", () => {
        expect(encodeScopes({ tenantUid: "acme" })).toBe(btoa('{"scope_level0":["acme"],"scope_level1":[],"scope_level2":[]}'));
    });
});
