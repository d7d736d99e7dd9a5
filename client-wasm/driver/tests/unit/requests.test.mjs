import assert from "node:assert/strict";
import { test } from "node:test";
import { Http, path } from "../../.build/api/http.js";
import { Requests } from "../../.build/driver/requests.js";
import { until } from "./browser.mjs";

const get = (id, path = "/dialogs") => ({ id, method: "GET", path, body: null, position: "7" });
const answer = (status, body = "{}", headers = {}) => new Response(status === 204 ? null : body, { status, headers });

function answering(answers) {
    const asked = [];
    const load = async (url, init) => {
        asked.push({ url, init });
        const next = answers.shift();
        if (next instanceof Error) throw next;
        return next;
    };
    return { asked, load };
}

function requests(answers) {
    const told = [];
    const { asked, load } = answering(answers);
    return { told, asked, requests: new Requests("http://chat/base", load, (input) => told.push(input)) };
}

const hears = (told, count) => until(() => told.length === count);

test("a request carries what the server wants, and its answer what the core wants", async () => {
    const headers = { "Mtchat-Position": "0-9", "Mtchat-Next-Cursor": "c", "Retry-After": "3" };
    const { requests: all, told, asked } = requests([answer(200, '{"data":1}', headers)]);
    all.ask({ id: 1, method: "POST", path: "/dialogs/d/messages", body: "{}", position: "7" }, "token");
    await hears(told, 1);
    assert.equal(asked[0].url, "http://chat/base/api/v1/dialogs/d/messages");
    assert.deepEqual(asked[0].init.headers, { Authorization: "Bearer token", "Content-Type": "application/json", "Mtchat-Position": "7" });
    const response = { status: 200, body: '{"data":1}', position: "0-9", next_cursor: "c", retry_after: 3 };
    assert.deepEqual(told, [{ answered: { request: 1, answer: { response } } }]);
});

test("what does not come is told as such, whatever else does", async () => {
    const { requests: all, told } = requests([answer(503), new TypeError("no network"), answer(200)]);
    for (const id of [1, 2, 3]) {
        all.ask(get(id), "token");
        await hears(told, id);
    }
    assert.deepEqual(told.map(({ answered }) => answered.answer.response?.status ?? answered.answer), [503, "nothing", 200]);
});

test("nobody waits for what is cancelled", async () => {
    const { requests: all, told, asked } = requests([answer(200), answer(200)]);
    all.ask(get(1), "token");
    all.cancel(1);
    // What is asked later is answered later.
    all.ask(get(2), "token");
    await hears(told, 1);
    assert.deepEqual([told[0].answered.request, asked[0].init.signal.aborted], [2, true]);
});

function http(answers, tokens = ["one", "two"]) {
    const { asked, load } = answering(answers);
    const get = async (refused) => (refused === null ? tokens[0] : (tokens[1] ?? null));
    return { asked, http: new Http(() => "http://chat", { get }, load) };
}

test("a token that has ended is replaced once", async () => {
    const one = http([answer(401), answer(200, '{"data":5}')]);
    assert.equal(await one.http.ask("GET", "/x"), 5);
    assert.deepEqual(one.asked.map(({ init }) => init.headers.Authorization), ["Bearer one", "Bearer two"]);
    const body = '{"error":{"code":"UNAUTHORIZED","message":"no"}}';
    const refused = http([answer(401, body), answer(401, body)]);
    await assert.rejects(refused.http.ask("GET", "/x"), { name: "ApiError", code: "UNAUTHORIZED", status: 401 });
});

test("errors say what went wrong", async () => {
    const limited = '{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"slowly"}}';
    const cases = [
        [answer(429, limited, { "Retry-After": "2" }), { code: "RATE_LIMIT_EXCEEDED", status: 429, retryAfter: 2 }],
        [answer(502, "<html>"), { code: "UNREADABLE", status: 502 }],
        [answer(200, "<html>"), { code: "UNREADABLE", status: 200 }],
        [new TypeError("no network"), { code: "NETWORK", status: 0 }],
        [new DOMException("too long", "TimeoutError"), { code: "TIMEOUT", status: 0 }],
    ];
    for (const [given, expected] of cases) await assert.rejects(http([given]).http.ask("GET", "/x"), expected);
    await assert.rejects(http([], [null]).http.ask("GET", "/x"), { code: "NO_TOKEN" });
});

test("a read sees what was written before", async () => {
    const { http: one, asked } = http([answer(204, "", { "Mtchat-Position": "0-4" }), answer(200, '{"data":[]}')]);
    await one.tell("DELETE", "/x");
    await one.ask("GET", "/y");
    assert.equal(asked[1].init.headers["Mtchat-Position"], "0-4");
});

test("what goes into a path is encoded", () => {
    assert.equal(path`/dialogs/${"a/b"}/messages/${"?"}/reactions/${"👍"}`, "/dialogs/a%2Fb/messages/%3F/reactions/%F0%9F%91%8D");
});
