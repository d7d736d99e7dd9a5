import { describe, expect, it } from "vitest";
import type { Data } from "../types.js";
import { exported, imported } from "./transfer.js";

const DATA: Data = {
    companies: [{ id: "volna", name: "Волна", kind: "forwarder", city: "Казань" }],
    users: [{ id: "anna", name: "Анна", company: "volna", departments: ["logistics"], permissions: [], email: "", phone: "", language: "ru" }],
    objects: [],
};

describe("data as a file", () => {
    it("comes back as it went", () => {
        expect(imported(exported(DATA))).toEqual(DATA);
    });

    it("carries nothing else", () => {
        const more = { ...DATA, settings: { adminToken: "secret" } };
        expect(imported(JSON.stringify(more))).toEqual(DATA);
    });

    it.each([
        ["", "not JSON"],
        ["null", "no list «companies»"],
        ['{"companies":[],"users":{}}', "no list «users»"],
    ])("refuses %j", (text, why) => {
        expect(() => imported(text)).toThrow(why);
    });
});
