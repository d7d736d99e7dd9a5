// How long the client core takes for many events, and whether its memory stays flat. After `cargo xtask wasm`:
//   node client-wasm/bench/events.mjs [directory of the build]
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const directory = process.argv[2] ?? join(import.meta.dirname ?? ".", "../../target/wasm");
const { CoreClient, default: load } = await import(pathToFileURL(join(directory, "mtchat_client_wasm.js")).href);
const { memory } = await load({ module_or_path: await readFile(join(directory, "mtchat_client_wasm_bg.wasm")) });

const EVENTS = 10_000;
const RUNS = 11;
const DIALOGS = 20;
const MEMBERS = ["alice", "bob", "carol"];

const uuid = (kind, number) => `01a20a21-${kind}-7000-8000-${number.toString(16).padStart(12, "0")}`;
const dialogId = (number) => uuid("d000", number);
const timestamp = (number) => new Date(1_764_000_000_000 + number).toISOString();

/** A client that is connected, with its dialogs loaded and two of them open. */
class Bench {
    constructor(seed) {
        this.core = new CoreClient(seed);
        this.now = 1_764_000_000_000;
        this.place = 1;
        this.socket = 0;
        this.shown = 0;
        this.core.restore(this.now, JSON.stringify({ outbox: [], drafts: [] }));
        this.core.want(this.now, JSON.stringify("connect"));
        this.core.token(this.now, "a token");
        this.settle();
        for (const number of [0, 1]) this.core.want(this.now, JSON.stringify({ open: dialogId(number) }));
        this.settle();
    }

    /** Do what the core asks for until it asks for nothing. */
    settle() {
        for (;;) {
            const outputs = JSON.parse(this.core.poll_outputs());
            if (outputs.length === 0) return;
            for (const output of outputs) {
                if (output.open !== undefined) {
                    this.socket = output.open;
                    this.core.opened(this.now, this.socket);
                } else if (output.say !== undefined) this.heard(JSON.parse(output.say.text));
                else if (output.ask !== undefined) this.answer(output.ask);
                else if (output.changed !== undefined) this.shown += 1;
            }
        }
    }

    heard(frame) {
        if (frame.type === "auth") {
            const hello = { type: "connected", employee_id: "alice", user_id: "alice", epoch: "1-a", pos: String(this.place) };
            this.frame(frame.pos === undefined ? hello : { ...hello, recovered: true });
        } else if (frame.type === "ping") this.frame({ type: "pong", pos: String(this.place), stored: String(this.place) });
    }

    frame(frame) {
        this.core.frame(this.now, this.socket, JSON.stringify(frame));
    }

    answer({ id, path }) {
        const say = (data) => this.core.answered(this.now, id, 200, JSON.stringify({ data }), `0-${this.place}`, undefined, undefined);
        if (path.startsWith("/dialogs?")) return say(Array.from({ length: DIALOGS }, (_, number) => dialog(number)));
        if (path.includes("/messages")) return say({ messages: [], has_more_before: false, has_more_after: false });
        if (path.includes("/participants")) return say([]);
        return say(dialog(Number.parseInt(path.slice(-12), 16)));
    }

    /** The text of an event that nobody heard yet; most are messages. */
    event(number) {
        const pos = String(this.place + number + 1);
        const dialog_id = dialogId(Math.floor(number / 10) % DIALOGS);
        const [seq, id, sent_at] = [number + 1, uuid("a000", number), timestamp(number)];
        const user_id = MEMBERS[1 + (number % 2)];
        if (number % 10 === 7) return JSON.stringify({ type: "message.reaction", dialog_id, message_id: uuid("a000", number - 1), user_id, emoji: "👍", added: true, seq, pos });
        if (number % 10 === 9) return JSON.stringify({ type: "message.edited", id: uuid("a000", number - 1), dialog_id, content: "<p>another text</p>", last_edited_at: sent_at, seq, pos });
        const sender = { user_id, display_name: "Bob Builder", company: "Acme" };
        const content = `<p>The quick brown fox jumps over the lazy dog, and then it asks where order ${number} is.</p>`;
        return JSON.stringify({ type: "message.new", id, dialog_id, sender_id: user_id, content, sent_at, message_type: "user", sender, seq, pos });
    }
}

function dialog(number) {
    return {
        id: dialogId(number), object_id: String(number), object_type: "order", title: `Order ${number}`, object_url: null, created_by: null,
        created_at: timestamp(0), participants_count: 3, i_am_participant: true, can_join: false, unread_count: 0, is_archived: false,
        is_pinned: false, notifications_enabled: true,
        participants: MEMBERS.map((user_id) => ({ user_id, display_name: user_id })),
    };
}

/** Milliseconds of processor time for so many events, with what is to be shown given to JavaScript after each of them, or after so many. */
function events(together) {
    const bench = new Bench(7n);
    const texts = Array.from({ length: EVENTS }, (_, number) => bench.event(number));
    const shown = bench.shown;
    const begin = process.cpuUsage();
    for (const [number, text] of texts.entries()) {
        bench.core.frame(bench.now, bench.socket, text);
        bench.core.poll_actions();
        if (number % together !== together - 1) continue;
        for (const output of JSON.parse(bench.core.poll_outputs())) if (output.changed !== undefined) bench.shown += 1;
    }
    const { user, system } = process.cpuUsage(begin);
    const took = (user + system) / 1_000;
    if (bench.shown === shown) throw new Error("nothing was shown");
    bench.core.free();
    return took;
}

/** Megabytes of the program's memory after each tenth of an hour of traffic: ten events a second, a connection lost each minute. */
function hour() {
    const bench = new Bench(8n);
    const sizes = [];
    for (let second = 0, number = 0; second < 3_600; second += 1) {
        bench.now += 1_000;
        for (let turn = 0; turn < 10; turn += 1, number += 1) {
            bench.frame(JSON.parse(bench.event(number)));
            bench.settle();
        }
        if (second % 60 === 59) {
            bench.place += 10 * 60;
            number = 0;
            bench.core.closed(bench.now, bench.socket, undefined);
        }
        bench.core.handle_timeout(bench.now);
        bench.settle();
        if (second % 360 === 359) sizes.push(memory.buffer.byteLength / 2 ** 20);
    }
    bench.core.free();
    return sizes;
}

for (const together of [1, 10, 100, EVENTS]) {
    const runs = Array.from({ length: RUNS }, () => events(together)).sort((one, other) => one - other);
    const [least, median, most] = [runs[0], runs[Math.floor(RUNS / 2)], runs[RUNS - 1]].map((run) => run.toFixed(1));
    console.log(`${EVENTS} events, shown after each ${together}: median ${median} ms of ${RUNS} runs (${least} to ${most})`);
}
const sizes = hour();
console.log(`memory in an hour of traffic, MiB: ${sizes.map((size) => size.toFixed(1)).join(" ")}`);
