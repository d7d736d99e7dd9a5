// The browser freezes a tab, as it does with tabs in the background, and lets it go on later.
import { texts } from "./stage.mjs";

export default async function play(stage) {
    const context = await stage.userWhoLooks("alice");
    const alice = await stage.tab(context);
    const bob = await stage.tab(await stage.user("bob"));
    const before = texts("before", 3);
    for (const text of before) await bob.evaluate((text) => window.chat.send(text), text);
    await stage.show({ alice, bob }, before);

    const other = await context.newPage();
    await other.bringToFront();
    const goOn = await stage.freeze(alice);
    const meanwhile = texts("while frozen", 5);
    for (const text of meanwhile) await stage.ask({ do: "say", user: "bob", text });
    await stage.show({ bob }, [...before, ...meanwhile]);

    await goOn();
    await alice.bringToFront();
    await alice.evaluate((text) => window.chat.send(text), "after");
    return stage.show({ alice, bob }, [...before, ...meanwhile, "after"]);
}
