// Tokens end while the page is open, again and again.
import { texts } from "./stage.mjs";

/** How long each token is good, in seconds. */
const SECONDS = 3;
const ROUNDS = 4;

export default async function play(stage) {
    let tokens = 0;
    const getToken = async () => {
        tokens += 1;
        return (await stage.ask({ do: "token", user: "alice", seconds: SECONDS })).token;
    };
    const alice = await stage.tab(await stage.user("alice", getToken));
    const bob = await stage.tab(await stage.user("bob"));
    const all = texts("message", ROUNDS);
    for (const text of all) {
        await alice.evaluate((text) => window.chat.send(text), text);
        const before = tokens;
        await stage.until("the token to end", () => tokens > before);
    }
    const views = await stage.show({ alice, bob }, all);
    const errors = await alice.evaluate(() => window.chat.errors);
    if (errors.length > 0) throw new Error(errors.join("; "));
    return views;
}
