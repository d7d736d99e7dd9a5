// A user goes offline, both go on writing, and the user comes back.
import { texts } from "./stage.mjs";

export default async function play(stage) {
    const [alice, bob] = await stage.two();
    const before = texts("before", 3);
    for (const text of before) await alice.evaluate((text) => window.chat.send(text), text);
    await stage.show({ alice, bob }, before);

    await alice.context().setOffline(true);
    await stage.until("a page that is offline", async () => (await stage.view(alice)).connection === "offline");
    const meanwhile = texts("of bob", 4);
    for (const text of meanwhile) await bob.evaluate((text) => window.chat.send(text), text);
    await stage.show({ bob }, [...before, ...meanwhile]);
    const kept = texts("of alice", 4);
    // Each of them is kept though nothing can be sent.
    for (const text of kept) await alice.evaluate((text) => window.chat.send(text), text);
    const { outbox, sending } = await stage.view(alice);
    if (outbox !== 4 || sending !== 4) throw new Error(`${outbox} are kept and ${sending} shown of 4 that are to be sent`);

    await alice.context().setOffline(false);
    return stage.show({ alice, bob }, [...before, ...meanwhile, ...kept]);
}
