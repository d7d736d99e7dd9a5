// Of two tabs the one with the connection hangs, lock and all: a message box is open in it. The other one takes the connection over,
// and the first one finds its way when it goes on.
import { texts } from "./stage.mjs";

export default async function play(stage) {
    const context = await stage.user("alice");
    const { leader, alice, bob, before } = await stage.neighbours(context);

    const opens = leader.waitForEvent("dialog");
    const hangs = leader.evaluate(() => alert("wait"));
    const box = await opens;
    const meanwhile = texts("while it hangs", 5);
    for (const text of meanwhile) await alice.evaluate((text) => window.chat.send(text), text);
    await stage.show({ alice, bob }, [...before, ...meanwhile]);
    await stage.ask({ do: "say", user: "bob", text: "of bob" });
    await stage.show({ alice, bob }, [...before, ...meanwhile, "of bob"]);

    await box.accept();
    await hangs;
    await leader.evaluate((text) => window.chat.send(text), "after");
    return stage.show({ leader, alice, bob }, [...before, ...meanwhile, "of bob", "after"]);
}
