import assert from "node:assert/strict";
import { test } from "node:test";
import { Kept } from "../../.build/storage/kept.js";
import { Memory } from "../../.build/storage/key-value.js";
import { lastPage } from "../../.build/storage/pages.js";
import { gap, message, sending } from "./things.mjs";

const entry = (id, sent_at) => ({ id, dialog: "d", content: id, reply_to: null, sent_at, state: "sending" });

async function kept(storage = new Memory()) {
    const errors = [];
    return { kept: await Kept.open(async () => storage, (error) => errors.push(error.code)), errors };
}

test("messages come back in the order in which they were sent, until they are forgotten", async () => {
    const { kept: one } = await kept();
    for (const [id, time] of [["c", 1], ["a", 3], ["b", 2]]) await one.keep(entry(id, time));
    await one.keep({ ...entry("b", 2), state: "accepted" });
    assert.deepEqual((await one.forCore()).outbox.map(({ id, state }) => [id, state]), [["c", "sending"], ["b", "accepted"], ["a", "sending"]]);
    await one.forget("c");
    assert.equal((await one.forCore()).outbox.length, 2);
});

test("an empty draft is none", async () => {
    const { kept: one } = await kept();
    await one.keepDraft({ dialog: "d", content: "x" });
    await one.keepDraft({ dialog: "e", content: "y" });
    await one.keepDraft({ dialog: "d", content: "" });
    assert.deepEqual((await one.forCore()).drafts, [{ dialog: "e", content: "y" }]);
});

test("the pages that were kept last are kept, and no others", async () => {
    const { kept: one } = await kept();
    for (let number = 0; number < 25; number += 1) await one.keepPage(`d${number}`, [message("1")], number);
    assert.equal(await one.page("d4"), null);
    assert.deepEqual(await one.page("d5"), [message("1")]);
    assert.equal(await one.page("d"), null);
});

test("a storage that fails is told of and stops nothing", async () => {
    const fails = async () => {
        throw new Error("the disk is full");
    };
    const { kept: one, errors } = await kept({ entries: fails, set: fails, delete: fails });
    await one.keep(entry("a", 1));
    await one.forget("a");
    assert.deepEqual(await one.forCore(), { outbox: [], drafts: [] });
    assert.deepEqual(errors, Array(4).fill("storage"));
});

test("where nothing can be opened, memory does", async () => {
    const errors = [];
    const open = async () => {
        throw new Error("a private window");
    };
    const one = await Kept.open(open, (error) => errors.push(error.message));
    await one.keep(entry("a", 1));
    assert.equal((await one.forCore()).outbox.length, 1);
    assert.match(errors[0], /a private window/);
});

test("what can not be read is told of and passed over", async () => {
    const storage = new Memory();
    const { kept: one, errors } = await kept(storage);
    await one.keep(entry("a", 1));
    await storage.set("outbox/b", "{");
    assert.deepEqual((await one.forCore()).outbox.map(({ id }) => id), ["a"]);
    assert.deepEqual(errors, ["storage"]);
});

test("the last page is the newest messages without a gap", () => {
    const rows = [message("1"), gap(), message("2"), message("3"), sending("4")];
    assert.deepEqual(lastPage(rows), [message("2"), message("3")]);
    assert.equal(lastPage([message("1"), gap()]), null);
    assert.equal(lastPage([sending("1")]), null);
    const many = Array.from({ length: 80 }, (_, number) => message(String(number)));
    assert.deepEqual(lastPage(many), many.slice(30));
});
