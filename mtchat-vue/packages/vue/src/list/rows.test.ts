import { describe, expect, it } from "vitest";
import { aDialog } from "../testing/fixtures.js";
import { listRows, type ListParts } from "./rows.js";

const [a, b, old] = [aDialog({ id: "a" }), aDialog({ id: "b" }), aDialog({ id: "old", is_archived: true })];
const archive: NonNullable<ListParts["archived"]> = { isOpen: true, isLoading: false, isKnown: true, hasMore: false, dialogs: [old] };
const keys = (parts: ListParts) => listRows(parts).map(({ key }) => key);

describe("the rows of a list", () => {
    it("are its dialogs, then the archive", () => {
        expect(keys({ dialogs: [a, b], hasMore: false, archived: archive })).toEqual(["a", "b", "archived", "old"]);
    });

    it("tell where each dialog stands among its own", () => {
        const rows = listRows({ dialogs: [a, b], hasMore: false, archived: archive }).filter((row) => row.kind === "dialog");
        expect(rows.map(({ position, total }) => [position, total])).toEqual([
            [1, 2],
            [2, 2],
            [1, 1],
        ]);
    });

    it("end with «more» while there are more", () => {
        expect(keys({ dialogs: [a], hasMore: true, archived: null })).toEqual(["a", "more"]);
        expect(keys({ dialogs: [a], hasMore: true, archived: { ...archive, hasMore: true } })).toEqual(["a", "more", "archived", "old", "archived-more"]);
    });

    it("keep what is archived to themselves while the archive is closed", () => {
        expect(keys({ dialogs: [a], hasMore: false, archived: { ...archive, isOpen: false } })).toEqual(["a", "archived"]);
    });

    it.each([
        [{ isLoading: true, isKnown: false }, "loading"],
        [{ isLoading: false, isKnown: true }, "empty"],
        [{ isLoading: false, isKnown: false }, "failed"],
    ])("say how an archive without rows stands: %j", (how, state) => {
        const rows = listRows({ dialogs: [], hasMore: false, archived: { ...archive, ...how, dialogs: [] } });
        expect(rows.at(-1)).toMatchObject({ kind: "archived-state", state });
    });

    it("count the archive only when it is known", () => {
        const count = (isKnown: boolean) => listRows({ dialogs: [], hasMore: false, archived: { ...archive, isKnown } })[0];
        expect(count(true)).toMatchObject({ count: 1 });
        expect(count(false)).toMatchObject({ count: null });
    });
});
