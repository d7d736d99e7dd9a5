// Of two tabs the one with the connection hangs, lock and all: a message box is open in it. The other one takes the connection over,
// and the first one finds its way when it goes on.
import { texts } from "./stage.mjs";

/** Longer than a tab waits for another one's answer, in milliseconds. */
const HANGS = 14_000;

export default async function play(stage) {
    const context = await stage.user("alice");
    const leader = await stage.tab(context);
    const alice = await stage.tab(context);
    await alice.bringToFront();
    const bob = await stage.tab(await stage.user("bob"));
    const before = texts("before", 3);
    for (const text of before) await alice.evaluate((text) => window.chat.send(text), text);
    await stage.show({ leader, alice, bob }, before);

    leader.on("dialog", (box) => setTimeout(() => box.accept(), HANGS));
    const opens = leader.waitForEvent("dialog");
    const hangs = leader.evaluate(() => alert("wait"));
    await opens;
    const meanwhile = texts("while it hangs", 5);
    for (const text of meanwhile) await alice.evaluate((text) => window.chat.send(text), text);
    await stage.show({ alice, bob }, [...before, ...meanwhile]);
    await stage.ask({ do: "say", user: "bob", text: "of bob" });
    await stage.show({ alice, bob }, [...before, ...meanwhile, "of bob"]);

    await hangs;
    await leader.evaluate((text) => window.chat.send(text), "after");
    return stage.show({ leader, alice, bob }, [...before, ...meanwhile, "of bob", "after"]);
}
