import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Watch } from "../../.build/tabs/watch.js";
import { Browser, until } from "./browser.mjs";

const tabs = [];
afterEach(() => tabs.splice(0).forEach((tab) => tab.membership.leave()));

async function open(browser, count) {
    const opened = [];
    for (let number = 0; number < count; number += 1) {
        const tab = await browser.tab();
        tabs.push(tab);
        opened.push(tab);
        tab.membership.guest.need({ connect: true });
        tab.open("d");
        await until(() => tab.welcome === 1);
    }
    return opened;
}

test("all tabs share one core and show the same", async () => {
    const browser = new Browser();
    const [one, other] = await open(browser, 2);
    await other.send("1");
    await one.send("2");
    const late = (await open(browser, 1))[0];
    await until(() => [one, other, late].every((tab) => tab.rows.join() === "1,2"));
    assert.equal(browser.cores, 1);
    assert.equal(late.view.state.connection, "connected");
});

test("what is wanted before a tab is welcome is done when it is", async () => {
    const browser = new Browser();
    const [leader] = await open(browser, 1);
    const late = await browser.tab();
    tabs.push(late);
    late.open("d");
    const [first, second] = [late.send("1"), late.send("2")];
    await Promise.all([first, second]);
    await until(() => leader.rows.join() === "1,2");
});

test("who was deposed waits for their turn again", async () => {
    const browser = new Browser();
    const [one, other] = await open(browser, 2);
    other.membership.election.seize();
    await until(() => browser.cores === 2);
    await other.send("1");
    other.membership.leave();
    await one.send("2");
    await until(() => one.rows.join() === "1,2");
    assert.equal(browser.cores, 3);
});

test("when the leader goes the next one goes on, and nothing that was sent is lost", async () => {
    const browser = new Browser();
    const [leader, one, other] = await open(browser, 3);
    await one.send("1");
    leader.membership.leave();
    const sent = [one.send("2"), other.send("3")];
    await Promise.all(sent);
    await until(() => [one, other].every((tab) => [...tab.rows].sort().join() === "1,2,3"));
    assert.equal(browser.cores, 2);
    assert.equal((await one.kept.forCore()).outbox.length, 3);
});

test("a leader that crashes is replaced as well", async () => {
    const browser = new Browser();
    const [leader, one] = await open(browser, 2);
    await one.send("1");
    leader.kill();
    await one.send("2");
    await until(() => one.rows.join() === "1,2");
    assert.equal(browser.cores, 2);
});

test("what is wanted twice of two leaders is done once", async () => {
    const browser = new Browser();
    const [leader, one] = await open(browser, 2);
    // The leader hears it and can not say so any more.
    const done = one.send("1");
    await until(() => browser.wanted.some((intent) => intent.send));
    leader.kill();
    await done;
    await until(() => one.rows.join() === "1");
    assert.equal((await one.kept.forCore()).outbox.length, 1);
});

test("a dialog is closed when the last tab that looks at it is gone, whatever became of that", async () => {
    const browser = new Browser();
    const [leader, one, other] = await open(browser, 3);
    for (const tab of [leader, one]) tab.membership.guest.need({ open: [] });
    const closed = () => browser.wanted.some((intent) => intent.close === "d");
    await one.send("1");
    assert.equal(closed(), false);
    other.kill();
    await until(closed);
});

test("a tab that comes back is among the others again", async () => {
    const browser = new Browser();
    const [leader, one] = await open(browser, 2);
    leader.membership.leave();
    await one.send("1");
    await leader.membership.join();
    await until(() => leader.rows.join() === "1");
    await leader.send("2");
    await until(() => one.rows.join() === "1,2");
    assert.equal(browser.cores, 2);
});

test("what breaks the core is refused, and the next core goes on with everything else", async () => {
    const browser = new Browser();
    const [leader, one] = await open(browser, 2);
    await one.send("1");
    await assert.rejects(one.send("2", "poison"), /unreachable/);
    await one.send("3");
    await until(() => [leader, one].every((tab) => tab.rows.join() === "1,3"));
    assert.equal(browser.cores, 2);
    assert.deepEqual([leader.errors, one.errors], [["core_broken"], ["core_broken"]]);
});

test("a core that breaks again and again is given up, and that is shown", async () => {
    const browser = new Browser();
    const [leader, one] = await open(browser, 2);
    for (let number = 0; number < 4; number += 1) await assert.rejects(one.send("1", "poison"));
    await until(() => [leader, one].every((tab) => tab.view.state.connection.ended === "core_failed"));
    assert.equal(browser.cores, 4);
    // Whoever wants it can try again.
    leader.membership.tryAgain();
    await until(() => one.view.state.connection === "connected");
});

test("a hello that comes late is for the hub that it was said to", async () => {
    const browser = new Browser();
    const [, one] = await open(browser, 2);
    const intent = { send: { id: "1", dialog: "d", content: "poison", reply_to: null } };
    const needs = { connect: true, available: false, open: ["d"] };
    one.channel.post({ type: "hello", tab: one.membership.guest.id, to: "01900000", needs, wants: [{ number: 9, intent }] });
    await one.send("2");
    assert.deepEqual([one.rows, browser.cores, one.errors], [["2"], 1, []]);
});

test("what can not be read is refused and breaks nothing", async () => {
    const browser = new Browser();
    const [one] = await open(browser, 1);
    await assert.rejects(one.send("1", "unreadable"), /not an intent/);
    await one.send("2");
    assert.equal(browser.cores, 1);
    assert.deepEqual(one.errors, []);
});

test("a tab without a core says so, and another one may have more luck", async () => {
    const browser = new Browser();
    browser.cannotLoad = true;
    const tab = await browser.tab();
    tabs.push(tab);
    await until(() => tab.errors.length > 0);
    assert.deepEqual(tab.view.state.connection, { ended: "core_failed" });
    browser.cannotLoad = false;
    const other = (await open(browser, 1))[0];
    tab.open("d");
    await other.send("1");
    await until(() => tab.rows.join() === "1");
});

test("a frozen leader is replaced, and follows when it goes on", async () => {
    const browser = new Browser();
    const [leader, one] = await open(browser, 2);
    leader.freeze();
    const done = one.send("1");
    await until(() => browser.cores === 2, 15_000);
    await done;
    leader.channel.frozen = false;
    await leader.send("2");
    await until(() => [leader, one].every((tab) => tab.rows.join() === "1,2"));
    assert.equal(browser.cores, 2);
});

test("nobody is taken to be dead by who slept, or is not looked at", () => {
    const told = [];
    let [now, seen] = [0, true];
    const tools = { isSeen: () => seen, isWaiting: () => true, ask: () => told.push("ask"), dead: () => told.push("dead") };
    const watch = new Watch(tools, () => now);
    const pass = (times, step = 1_000) => {
        for (let time = 0; time < times; time += 1) {
            now += step;
            watch.look();
        }
    };
    pass(9);
    assert.equal(told.pop(), "dead");
    watch.heard();
    told.length = 0;
    for (let minute = 0; minute < 5; minute += 1) pass(1, 60_000);
    seen = false;
    pass(60);
    assert.deepEqual(told, []);
    seen = true;
    pass(5);
    watch.heard();
    pass(5);
    assert.ok(!told.includes("dead"));
});
