// Of two tabs of a user the one with the connection is closed while both are sending.
import { texts } from "./stage.mjs";

export default async function play(stage) {
    const context = await stage.user("alice");
    const leader = await stage.tab(context);
    const alice = await stage.tab(context);
    const bob = await stage.tab(await stage.user("bob"));
    const before = texts("of the first tab", 5);
    for (const text of before) await leader.evaluate((text) => window.chat.send(text), text);
    await stage.show({ leader, alice, bob }, before);

    const all = texts("of the second tab", 40);
    await alice.evaluate((texts) => window.chat.sendMany(texts), all);
    await stage.until("some of them", async () => (await stage.view(bob)).texts.length > 10);
    const shown = (await stage.view(alice)).texts.length;
    await leader.close();
    // Nothing that was shown goes away while the other tab takes over.
    const left = (await stage.view(alice)).texts.length;
    if (left < shown) throw new Error(`${shown} messages were shown, and ${left} after the other tab was closed`);
    const views = await stage.show({ alice, bob }, [...before, ...all]);
    const kept = await alice.evaluate(() => window.chat.kept);
    if (kept !== all.length) throw new Error(`${kept} of ${all.length} messages are known to be kept`);
    return views;
}
