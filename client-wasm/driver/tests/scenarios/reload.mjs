// Messages are written offline, the page is reloaded, and only then there is a network again.
import { texts } from "./stage.mjs";

export default async function play(stage) {
    const [alice, bob] = await stage.two();
    await stage.install(alice.context());
    const before = texts("before", 3);
    for (const text of before) await alice.evaluate((text) => window.chat.send(text), text);
    await stage.show({ alice, bob }, before);
    const isKept = async () => (await alice.evaluate(() => window.chat.keptTexts())) === before.length;
    await stage.until("what is shown to be kept", isKept);

    await alice.context().setOffline(true);
    const kept = texts("offline", 5);
    for (const text of kept) await alice.evaluate((text) => window.chat.send(text), text);
    await alice.reload();
    // What was there is shown at once, though nothing can be loaded.
    const isBack = (view) => view?.sending === kept.length && view.texts.length === before.length;
    await stage.until("what was kept", async () => isBack(await stage.view(alice)));
    const { fresh, connection } = await stage.view(alice);
    if (fresh || connection !== "offline") throw new Error(`a page that is ${connection} says that it is fresh: ${fresh}`);

    await alice.context().setOffline(false);
    return stage.show({ alice, bob }, [...before, ...kept]);
}
