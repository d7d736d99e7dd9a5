// Plays a scenario in a real browser against a server that somebody else owns:
//   MTCHAT_SCENARIO='{"edges":["http://127.0.0.1:8080"],"dialog":"…","users":{"alice":"<token>","bob":"<token>"}}' node run.mjs <name>
// It asks the owner for something by a line `ASK {"do":"…"}` and reads one line of JSON as the answer. At the end it prints
// `DONE {…}`, what the pages show, and exits with 0; with anything else it has failed.
import { Stage } from "./stage.mjs";

/** The longest that a scenario may take, in milliseconds: a browser that hangs must not hold up everything else. */
const LONGEST = 150_000;

const [name] = process.argv.slice(2);
const { default: play } = await import(new URL(`./${name}.mjs`, import.meta.url));
const stage = await Stage.open(JSON.parse(process.env.MTCHAT_SCENARIO));
const timer = setTimeout(() => {
    console.error(`${name} takes longer than ${LONGEST / 1000} s`);
    process.exit(1);
}, LONGEST);
try {
    const views = await play(stage);
    console.log(`DONE ${JSON.stringify(views)}`);
} catch (error) {
    console.error(error);
    process.exitCode = 1;
} finally {
    await stage.close().catch(() => undefined);
    clearTimeout(timer);
    process.stdin.destroy();
}
