// The server dies in the middle of many messages, and comes back.
import { texts } from "./stage.mjs";

export default async function play(stage) {
    const [alice, bob] = await stage.two();
    const all = texts("message", 40);
    await alice.evaluate((texts) => window.chat.sendMany(texts), all);
    await stage.until("some of them", async () => (await stage.view(bob)).texts.length > 5);
    await stage.ask({ do: "kill_edge", edge: 0 });
    await stage.until("a lost connection", async () => (await stage.view(alice)).connection !== "connected");
    await stage.ask({ do: "restart_edge", edge: 0 });
    return stage.show({ alice, bob }, all);
}
