import { describe, expect, it } from "vitest";
import { MAX_SUGGESTIONS, type MentionPerson, matchPeople } from "./mention-match.js";

const people: MentionPerson[] = [
    { id: "1", name: "Greta Müller", company: "Altona Logistik" },
    { id: "2", name: "Marc Alton", company: "Northwind Freight" },
    { id: "3", name: "Алёна Морозова", company: "Солнечный порт" },
    { id: "4", name: "李娜", company: "海风货运" },
    { id: "5", name: "Altan Demir", company: null },
    { id: "6", name: "Nora Vik", company: "Northwind Freight" },
];
const found = (query: string) => matchPeople(people, query).map((person) => person.id);

describe("people to mention", () => {
    it.each([
        ["gre", ["1"]],
        ["MUL", ["1"]],
        ["ален", ["3"]],
        ["мор", ["3"]],
        ["порт", ["3"]],
        ["李", ["4"]],
        ["海风", ["4"]],
        ["marc alton", ["2"]],
        ["freight", ["2", "6"]],
        ["nobody", []],
    ])("%j finds %j", (query, ids) => {
        expect(found(query)).toEqual(ids);
    });

    it("puts names before companies", () => {
        expect(found("alt")).toEqual(["5", "2", "1"]);
    });

    it("offers the first few when nothing is typed yet", () => {
        expect(found("")).toHaveLength(MAX_SUGGESTIONS);
    });
});
