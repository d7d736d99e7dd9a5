import assert from "node:assert/strict";
import { test } from "node:test";
import { applied, difference } from "../../.build/view/change.js";
import { View } from "../../.build/view/view.js";
import { dialog, gap, message, sending } from "./things.mjs";

const change = (from, removed, ...rows) => ({ timeline: { dialog: "d", from, removed, rows } });
const said = (view, ...diffs) => view.apply({ diffs, settled: false });
const shown = (view) => view.state.timelines.get("d").rows.map((row) => row.message?.id ?? row.sending?.id ?? "gap");

test("dialogs are pinned first, then by their last message, then by id", () => {
    const view = new View();
    const dialogs = [
        dialog("a", "2026-01-01T00:00:00.000001Z"),
        dialog("b", "2026-01-01T00:00:00.000002Z"),
        dialog("c", "2026-01-01T00:00:00.000002Z"),
        dialog("e", null, { created_at: "2026-01-02T00:00:00.000000Z" }),
        dialog("f", "2025-01-01T00:00:00.000000Z", { is_pinned: true }),
    ];
    said(view, ...dialogs.map((dialog) => ({ dialog })));
    assert.deepEqual(view.state.dialogs.map(({ id }) => id), ["f", "e", "c", "b", "a"]);
    said(view, { dialog_gone: "e" }, { dialog: dialog("a", "2026-02-01T00:00:00.000000Z") });
    assert.deepEqual(view.state.dialogs.map(({ id }) => id), ["f", "a", "c", "b"]);
});

test("a change is done to the rows as they were, and made of them again", () => {
    const before = [gap(), message("1"), message("2"), sending("3")];
    const after = [gap(), message("1"), message("2", "edited"), message("3"), message("4")];
    const made = difference("d", before, after);
    assert.deepEqual({ from: made.from, removed: made.removed, rows: made.rows.length }, { from: 2, removed: 2, rows: 3 });
    assert.deepEqual(applied(made, before), after);
    assert.deepEqual(difference("d", after, after).rows, []);
    assert.deepEqual(applied(difference("d", [], after), []), after);
});

test("what was shown stays the same object where nothing is different", () => {
    const view = new View();
    view.show("d");
    said(view, { dialog: dialog("a") }, change(0, 0, message("1")));
    const before = view.state;
    said(view, { presence: { user: "bob", online: true } });
    assert.notEqual(view.state, before);
    assert.equal(view.state.dialogs, before.dialogs);
    assert.equal(view.state.timelines.get("d").rows, before.timelines.get("d").rows);
    said(view, change(1, 0, message("2")));
    assert.equal(before.timelines.get("d").rows.length, 1);
    assert.equal(view.state.timelines.get("d").rows.length, 2);
});

test("rows stay until the next core has said some of its own, and messages on their way are shown beside them", () => {
    const view = new View();
    view.show("d");
    said(view, change(0, 0, message("1"), message("2"), sending("3")));
    view.begin();
    assert.deepEqual(shown(view), ["1", "2", "3"]);
    assert.equal(view.state.timelines.get("d").fresh, false);
    const [first] = said(view, change(0, 0, sending("3"), sending("4")));
    assert.deepEqual(shown(view), ["1", "2", "3", "4"]);
    assert.deepEqual({ from: first.timeline.from, rows: first.timeline.rows.length }, { from: 3, rows: 1 });
    const [second] = said(view, change(0, 1, message("1"), message("2"), message("3")));
    assert.deepEqual(shown(view), ["1", "2", "3", "4"]);
    assert.equal(view.state.timelines.get("d").fresh, true);
    assert.deepEqual({ from: second.timeline.from, removed: second.timeline.removed }, { from: 2, removed: 1 });
});

test("an empty timeline of the next core is told when everything has come", () => {
    const view = new View();
    view.show("d");
    said(view, change(0, 0, message("1")));
    view.begin();
    view.apply({ diffs: [], settled: true });
    assert.deepEqual(shown(view), []);
    assert.equal(view.state.timelines.get("d").fresh, true);
});

test("dialogs of before go when everything has come, and not sooner", () => {
    const view = new View();
    view.restoreList([dialog("a"), dialog("b")], { messages: 3, dialogs: 1 });
    assert.equal(view.state.dialogs.length, 2);
    assert.equal(view.state.fresh, false);
    said(view, { dialog: dialog("b") });
    assert.equal(view.state.dialogs.length, 2);
    assert.deepEqual(view.apply({ diffs: [], settled: true }), [{ dialog_gone: "a" }]);
    assert.deepEqual(view.state.dialogs.map(({ id }) => id), ["b"]);
    assert.equal(view.state.fresh, true);
});

test("a page of before is shown with what is on its way, and not over what is known", () => {
    const view = new View();
    view.show("d");
    said(view, change(0, 0, sending("3")));
    view.restoreTimeline("d", [message("1"), message("2")]);
    assert.deepEqual(shown(view), ["1", "2", "3"]);
    said(view, change(0, 1, message("9")));
    view.restoreTimeline("d", [message("1")]);
    assert.deepEqual(shown(view), ["9"]);
});

test("who typed under another core is not taken to be typing still", () => {
    const view = new View();
    said(view, { typing: { dialog: "d", users: ["bob"] } });
    assert.deepEqual(view.begin(), [{ typing: { dialog: "d", users: [] } }]);
    assert.equal(view.state.typing.size, 0);
});

test("a snapshot makes the same view", () => {
    const view = new View();
    view.show("d");
    said(
        view,
        { connection: "connected" },
        { dialog: dialog("a") },
        { available: dialog("b") },
        { unread: { messages: 1, dialogs: 1 } },
        change(0, 0, gap(), message("1")),
        { typing: { dialog: "d", users: ["bob"] } },
        { draft: { dialog: "d", content: "x" } },
        { presence: { user: "bob", online: false } },
        { participants: { dialog: "d", participants: [{ user_id: "bob", role: "member" }] } },
        { participant: { dialog: "d", participant: { user_id: "bob", role: "owner" } } },
    );
    const other = new View();
    other.show("d");
    other.apply({ diffs: view.snapshot(), settled: false });
    assert.deepEqual(other.state, view.state);
    assert.equal(other.state.participants.get("d")[0].role, "owner");
});
