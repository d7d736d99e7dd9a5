import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "../../.build/clock.js";

function clocks() {
    const read = { date: 1_000_000, ticks: 0 };
    const clock = new Clock(() => read.date, () => read.ticks);
    const pass = (date, ticks) => {
        read.date += date;
        read.ticks += ticks;
    };
    return { clock, pass };
}

test("time goes on while somebody sets the clock back", () => {
    const { clock, pass } = clocks();
    pass(-3_600_000, 500);
    assert.equal(clock.now(), 1_000_500);
    pass(500, 500);
    assert.equal(clock.now(), 1_001_000);
});

test("time goes on while the machine sleeps, and that is noticed", () => {
    const { clock, pass } = clocks();
    pass(60_000, 100);
    assert.equal(clock.slept(), true);
    assert.equal(clock.now(), 1_060_000);
    pass(1_000, 1_000);
    assert.equal(clock.slept(), false);
});
