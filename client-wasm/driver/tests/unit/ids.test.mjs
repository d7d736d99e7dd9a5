import assert from "node:assert/strict";
import { test } from "node:test";
import { newId, newIdAfter } from "../../.build/ids.js";

test("an id is a UUID of version 7 with the time in it", () => {
    const id = newId(0x0123456789ab);
    assert.match(id, /^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.notEqual(newId(5), newId(5));
    assert.ok(newId(1_000) < newId(1_001));
});

test("an id after another one is later though the clock was set back", () => {
    const future = newId(Date.now() + 3_600_000);
    assert.ok(newIdAfter(future) > future);
    assert.ok(newIdAfter(null) > newId(Date.now() - 10));
});
