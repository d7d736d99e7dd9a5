import { describe, expect, it } from "vitest";
import { aDialog, PEOPLE } from "../testing/fixtures.js";
import { badgeOf, companiesOf, faceOf, peerOf, titleOf } from "./dialog-words.js";

const { anna, jonas, maria, tom } = PEOPLE;
const summary = (person: { id: string; name: string; company?: string | null }) => ({ user_id: person.id, display_name: person.name, company: person.company });

describe("what a dialog is called", () => {
    it.each([
        ["Hamburg → Rotterdam", "Hamburg → Rotterdam"],
        [null, "order/1042"],
        ["   ", "order/1042"],
    ])("title %j → %s", (title, called) => {
        expect(titleOf(aDialog({ title }))).toBe(called);
    });
});

describe("companies of a dialog", () => {
    it("leaves one's own out, also where a colleague takes part", () => {
        const dialog = aDialog({ participants: [anna, tom, jonas, maria].map(summary) });
        expect(companiesOf(dialog, anna.id)).toEqual(["Altona Logistik", "Солнечный порт"]);
    });

    it("names each once, in the order of participants", () => {
        const colleague = { id: "j2", name: "Jule", company: "Altona Logistik " };
        const dialog = aDialog({ participants: [maria, jonas, colleague].map(summary) });
        expect(companiesOf(dialog, anna.id)).toEqual(["Солнечный порт", "Altona Logistik"]);
    });

    it("knows one's own by the profile before one has joined", () => {
        const dialog = aDialog({ participants: [tom, jonas].map(summary), i_am_participant: false });
        expect(companiesOf(dialog, anna.id, "Northwind Freight")).toEqual(["Altona Logistik"]);
    });

    it("has nothing for people without one", () => {
        expect(companiesOf(aDialog({ participants: [summary({ ...jonas, company: null })] }), anna.id)).toEqual([]);
    });
});

describe("whom a dialog is with", () => {
    it("is the other one where two talk", () => {
        expect(peerOf(aDialog({ participants: [anna, jonas].map(summary) }), anna.id)).toBe(jonas.id);
    });

    it("is nobody in particular where more do, or where not all are told", () => {
        expect(peerOf(aDialog(), anna.id)).toBeNull();
        expect(peerOf(aDialog({ participants: [anna, jonas].map(summary), participants_count: 7 }), anna.id)).toBeNull();
    });

    it("shows the other company, else the dialog itself, each object in a colour of its own", () => {
        expect(faceOf(aDialog(), anna.id)).toEqual({ name: "Altona Logistik", id: "order/1042" });
        const alone = aDialog({ title: "Notes", participants: [summary(anna)] });
        expect(faceOf(alone, anna.id)).toEqual({ name: "Notes", id: "order/1042" });
    });
});

describe("badges", () => {
    it.each([
        [0, ""],
        [undefined, ""],
        [null, ""],
        [-1, ""],
        [1, "1"],
        [99, "99"],
        [100, "99+"],
        [12_345, "99+"],
    ])("%j → %j", (count, badge) => {
        expect(badgeOf(count)).toBe(badge);
    });
});
