// Plays a scenario of `scenarios/` in a real browser against a server that somebody else owns:
//   MTCHAT_STAGE='{"edges":["http://127.0.0.1:8080","…"],"admin":"<token>","reader":"reader"}' node run.mjs <name>
// It asks the owner for something by a line `ASK {"do":"…"}` and reads one line of JSON as the answer. At the end it prints `DONE {}` and
// exits with 0; with anything else it has failed. `by-hand.mjs` is an owner for whoever works on scenarios.
//
// The playground has to be built: `npm run build -w playground`, or `MTCHAT_SITE` names the folder of one that is built elsewhere.
// `MTCHAT_SHOTS`: a folder for pictures of all pages as they were when a scenario failed, beside what they said.
import { Stage } from "./stage.mjs";

/** The longest that a scenario may take, in milliseconds: a browser that hangs must not hold up everything else. */
const LONGEST = 225_000;

const [name] = process.argv.slice(2);
const { default: play } = await import(new URL(`./scenarios/${name}.mjs`, import.meta.url));
const stage = await Stage.open(JSON.parse(process.env.MTCHAT_STAGE));
const timer = setTimeout(() => fail(new Error(`${name} takes longer than ${LONGEST / 1000} s`)).then(() => process.exit(1)), LONGEST);
try {
    await play(stage);
    stage.nothingBroke();
    console.log("DONE {}");
} catch (error) {
    await fail(error);
} finally {
    await stage.close().catch(() => undefined);
    clearTimeout(timer);
    process.stdin.destroy();
}

async function fail(error) {
    console.error(error);
    process.exitCode = 1;
    await stage.shoot(name).catch(() => undefined);
}
