import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Clock } from "../../.build/clock.js";
import { Engine, UnreadableInput } from "../../.build/core/engine.js";
import { coresOf } from "../../.build/core/instance.js";
import { compileCore } from "../../.build/core/source.js";
import { newId } from "../../.build/ids.js";
import { programFile } from "../../scripts/places.mjs";

const engine = async (source) => new Engine(await coresOf(source, fetch)(), new Clock());

test("the core comes out of the package, or from anywhere else", async () => {
    const bytes = await readFile(programFile);
    const type = { headers: { "Content-Type": "application/wasm" } };
    const load = async (url) => (String(url) === "http://host/core.wasm" ? new Response(bytes, type) : new Response("", { status: 404 }));
    const sources = [undefined, bytes, new WebAssembly.Module(bytes), new Response(bytes), "http://host/core.wasm", new URL("http://host/core.wasm")];
    for (const source of sources) assert.ok((await compileCore(source, load)) instanceof WebAssembly.Module);
    await assert.rejects(compileCore("http://host/other.wasm", load), { code: "wasm_unavailable", message: /404/ });
    await assert.rejects(compileCore(new Uint8Array(8), load), { code: "wasm_unavailable" });
});

test("each core has a memory of its own and asks for what it needs", async () => {
    const make = coresOf(undefined, fetch);
    const [one, other] = [new Engine(await make(), new Clock()), new Engine(await make(), new Clock())];
    one.handle({ restored: { outbox: [], drafts: [] } });
    assert.deepEqual(one.handle({ wants: "connect" }), ["need_token", { changed: { connection: "connecting" } }]);
    assert.equal(other.dueIn(), null);
    assert.ok(one.handle({ token: "t" }).some((output) => "open" in output));
    assert.ok(one.dueIn() > 0);
});

test("what the core can not read is refused and harms nothing", async () => {
    const one = await engine();
    assert.throws(() => one.handle({ wants: { open: "nonsense" } }), UnreadableInput);
    assert.deepEqual(one.handle({ wants: "connect" })[0], "need_token");
    one.free();
});

test("a message on its way has its files, and one from before there were any has none", async () => {
    const one = await engine();
    const [id, dialog, old] = [newId(), newId(), newId()];
    const attachments = [{ s3_key: "k", filename: "a.png", content_type: "image/png", size: 7 }];
    const entry = { id: old, dialog, content: "from before", reply_to: null, sent_at: 1, state: "sending" };
    one.handle({ restored: { outbox: [entry], drafts: [] } });
    const outputs = one.handle({ wants: { send: { id, dialog, content: "", reply_to: null, attachments } } });
    const { keep } = outputs.find((output) => "keep" in output);
    assert.deepEqual(keep.attachments, attachments);
    one.handle({ wants: { open: dialog } });
    one.handle({ wants: "connect" });
    const asked = [...one.handle({ token: "t" })].filter((output) => "ask" in output).map(({ ask }) => JSON.parse(ask.body));
    assert.deepEqual(asked, [{ id: old, content: "from before" }]);
    const view = { id: old, dialog_id: dialog, sender_id: "a", content: "", sent_at: "2026-01-01T00:00:00Z" };
    const data = { ...view, last_edited_at: null, reply_to_id: null, message_type: "user", seq: 1 };
    const response = { status: 200, body: JSON.stringify({ data }), position: "0-1", next_cursor: null, retry_after: null };
    const next = one.handle({ answered: { request: 1, answer: { response } } }).find((output) => "ask" in output);
    assert.deepEqual(JSON.parse(next.ask.body), { id, content: "", attachments });
    one.free();
});

test("a core that has trapped is not asked again, and can be let go", () => {
    let [calls, let_go] = [0, 0];
    const core = {
        woke() {
            calls += 1;
            throw new WebAssembly.RuntimeError("unreachable");
        },
        free: () => assert.fail("freeing it would break again"),
        __destroy_into_raw: () => (let_go += 1),
    };
    const one = new Engine(core, new Clock());
    for (let time = 0; time < 2; time += 1) assert.throws(() => one.handle("woke"), { code: "core_broken", message: /unreachable/ });
    one.free();
    assert.deepEqual([calls, let_go], [1, 1]);
});
