// Of two tabs the one with the connection is frozen: the other one has to have it.
import { texts } from "./stage.mjs";

export default async function play(stage) {
    const context = await stage.userWhoLooks("alice");
    const { leader, alice, bob, before } = await stage.neighbours(context);

    const goOn = await stage.freeze(leader);
    const meanwhile = texts("while frozen", 5);
    for (const text of meanwhile) await alice.evaluate((text) => window.chat.send(text), text);
    await stage.show({ alice, bob }, [...before, ...meanwhile]);
    await stage.ask({ do: "say", user: "bob", text: "of bob" });
    await stage.show({ alice, bob }, [...before, ...meanwhile, "of bob"]);

    await goOn();
    await leader.evaluate((text) => window.chat.send(text), "after");
    return stage.show({ leader, alice, bob }, [...before, ...meanwhile, "of bob", "after"]);
}
