import type { DialogItemView } from "@mtchat/client";
import { describe, expect, it } from "vitest";
import { byCompany, otherCompanies, personName, titleOf } from "./parties.js";

const dialog = (fields: Partial<DialogItemView>) =>
    ({ object_type: "order", object_id: "1042", title: null, participants: [], ...fields }) as unknown as DialogItemView;

describe("a dialog's name", () => {
    it("is its title", () => expect(titleOf(dialog({ title: "Order 1042" }))).toBe("Order 1042"));
    it("is its object where there is no title", () => expect(titleOf(dialog({}))).toBe("order/1042"));
    it("is its object where the title is empty", () => expect(titleOf(dialog({ title: "" }))).toBe("order/1042"));
});

describe("the other companies", () => {
    const participants = [
        { user_id: "me", display_name: "Me", company: "Altona Logistik" },
        { user_id: "a", display_name: "A", company: "Northwind Freight" },
        { user_id: "b", display_name: "B", company: "Northwind Freight" },
        { user_id: "c", display_name: "C", company: "海风货运" },
        { user_id: "d", display_name: "D" },
    ];

    it("come once each, without one's own", () => {
        expect(otherCompanies(dialog({ participants }), "me")).toEqual(["Northwind Freight", "海风货运"]);
    });

    it("are all of them for who is not in it", () => {
        expect(otherCompanies(dialog({ participants }), "stranger")).toEqual(["Altona Logistik", "Northwind Freight", "海风货运"]);
    });
});

describe("people by company", () => {
    it("keep their order, those without a company last", () => {
        const people = [
            { id: 1, company: null },
            { id: 2, company: "B" },
            { id: 3, company: "A" },
            { id: 4, company: "B" },
            { id: 5, company: "" },
        ];
        const ids = byCompany(people).map((party) => [party.company, ...party.people.map((person) => person.id)]);
        expect(ids).toEqual([
            ["B", 2, 4],
            ["A", 3],
            [null, 1, 5],
        ]);
    });

    it("are no parties where there is nobody", () => expect(byCompany([])).toEqual([]));
});

describe("a person's name", () => {
    it("is what others see, else the id", () => {
        expect(personName({ user_id: "u7", display_name: "Anna" })).toBe("Anna");
        expect(personName({ user_id: "u7", display_name: null })).toBe("u7");
    });
});
