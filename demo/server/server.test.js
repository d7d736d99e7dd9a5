import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { decodeJwt, jwtVerify } from "jose";
import { Webhook } from "standardwebhooks";
import { createApp } from "./app.js";
import { connectionOf } from "./connection.js";
import { CONVERSATIONS } from "./conversations.js";
import { pdf, temperatureChart } from "./files.js";
import { uuidV7 } from "./seed.js";
import { Store } from "./store.js";

const SECRET = "0123456789abcdef0123456789abcdef";
const ADMIN = "a-token-that-pages-must-never-see";
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

const directories = /** @type {string[]} */ ([]);
const apps = /** @type {any[]} */ ([]);
after(async () => {
    for (const app of apps) await app.close();
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

function directory() {
    const made = mkdtempSync(join(tmpdir(), "mtchat-demo-"));
    directories.push(made);
    return made;
}

async function demo() {
    const dataDir = directory();
    // Port 9 takes nothing: MTChat is away.
    const config = { host: "127.0.0.1", port: 0, dataDir, webDir: dataDir, publicUrl: undefined, defaults: { apiUrl: "http://127.0.0.1:9", adminToken: ADMIN, jwtSecret: SECRET } };
    const made = await createApp(config);
    apps.push(made.app);
    const call = async (/** @type {any} */ method, /** @type {string} */ url, /** @type {any} */ payload, headers = {}) => {
        const answer = await made.app.inject({ method, url, payload, headers: { host: "127.0.0.1:8090", ...headers } });
        return { status: answer.statusCode, body: answer.body, json: () => JSON.parse(answer.body) };
    };
    return { ...made, call, dataDir };
}

describe("tokens", () => {
    it("are for users of the demo, for ten minutes, with their scopes", async () => {
        const { call } = await demo();
        const { token } = (await call("POST", "/demo-api/token", { user: "anna" })).json().data;
        const { payload, protectedHeader } = await jwtVerify(token, new TextEncoder().encode(SECRET));
        assert.equal(protectedHeader.alg, "HS256");
        assert.equal(payload.sub, "anna");
        assert.equal(/** @type {number} */ (payload.exp) - /** @type {number} */ (payload.iat), 600);
        assert.deepEqual(payload.scopes, { scope_level0: ["volna"], scope_level1: ["logistics"], scope_level2: ["orders", "tenders", "moderate"] });
        assert.deepEqual(payload.permissions, ["moderate"]);
    });

    it("are not for anybody else", async () => {
        const { call } = await demo();
        for (const user of ["mallory", "", null, { id: "anna" }]) assert.equal((await call("POST", "/demo-api/token", { user })).status, 404, JSON.stringify(user));
    });

    it("follow what the admin panel changes", async () => {
        const { call, demo: { store } } = await demo();
        const anna = /** @type {any} */ (store.user("anna"));
        assert.equal((await call("PUT", "/demo-api/data/users", { ...anna, departments: ["sales"] })).status, 200);
        const { token } = (await call("POST", "/demo-api/token", { user: "anna" })).json().data;
        assert.deepEqual(/** @type {any} */ (decodeJwt(token)).scopes.scope_level1, ["sales"]);
    });
});

describe("who may come in", () => {
    it("is this machine's pages", async () => {
        const { call } = await demo();
        assert.equal((await call("GET", "/demo-api/data", undefined, { "sec-fetch-site": "same-origin" })).status, 200);
        assert.equal((await call("GET", "/demo-api/data", undefined, { host: "evil.example" })).status, 403);
        assert.equal((await call("POST", "/demo-api/token", { user: "anna" }, { "sec-fetch-site": "cross-site" })).status, 403);
        assert.equal((await call("GET", "/demo-api/data", undefined, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" })).status, 403);
    });
});

describe("secrets", () => {
    it("never reach a page, changed or not", async () => {
        const { call } = await demo();
        const seen = [await call("GET", "/demo-api/settings"), await call("PUT", "/demo-api/settings", { adminToken: "another-token-of-the-host", jwtSecret: `${SECRET}!` }), await call("GET", "/demo-api/export"), await call("GET", "/demo-api/data")];
        for (const { body } of seen) for (const secret of [ADMIN, SECRET, "another-token-of-the-host"]) assert.ok(!body.includes(secret), body);
        assert.equal(seen[1].json().data.adminToken, "••••••••host");
    });

    it("of this machine go to this machine's MTChat only", () => {
        const defaults = { apiUrl: "http://127.0.0.1:8080", adminToken: ADMIN, jwtSecret: SECRET };
        assert.equal(connectionOf(defaults, {}).adminToken, ADMIN);
        assert.deepEqual(connectionOf(defaults, { apiUrl: "https://elsewhere.example" }), { apiUrl: "https://elsewhere.example", adminToken: "", jwtSecret: "", jwtEnabled: true });
    });

    it("of the admin panel open what it shows and nothing else", async () => {
        const { call } = await demo();
        for (const [method, path] of [["POST", "users/anna/ban"], ["POST", "webhooks"], ["GET", "dialogs/../../unread"], ["POST", "webhooks/configured/secret"]]) {
            assert.equal((await call(method, `/demo-api/management/${path}`)).status, 404, path);
        }
    });
});

describe("webhooks", () => {
    const body = JSON.stringify({ id: "e1", event: "message.new", timestamp: new Date().toISOString(), payload: { message: { content: "Hi" } } });
    const signed = (/** @type {string} */ text, secret = WEBHOOK_SECRET, at = new Date()) => ({
        "content-type": "application/json",
        "webhook-id": "e1",
        "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
        "webhook-signature": new Webhook(secret).sign("e1", at, text),
    });

    it("that MTChat signed are taken, each once", async () => {
        const { call, demo: { store, feed } } = await demo();
        store.keepWebhook({ id: "x", secret: WEBHOOK_SECRET });
        for (let times = 0; times < 2; times++) assert.equal((await call("POST", "/webhooks/mtchat", body, signed(body))).status, 204);
        assert.equal(feed.recent().length, 1);
    });

    it("with anything wrong are refused", async () => {
        const { call, demo: { store, feed } } = await demo();
        store.keepWebhook({ id: "x", secret: WEBHOOK_SECRET });
        const wrong = {
            "another secret": [body, signed(body, `whsec_${Buffer.alloc(32, 8).toString("base64")}`)],
            "another body": [body.replace("Hi", "Ho"), signed(body)],
            "an old time": [body, signed(body, WEBHOOK_SECRET, new Date(Date.now() - 600_000))],
            "no signature": [body, { "content-type": "application/json" }],
        };
        for (const [name, [text, headers]] of Object.entries(wrong)) assert.equal((await call("POST", "/webhooks/mtchat", text, /** @type {any} */ (headers))).status, 401, name);
        assert.deepEqual(feed.recent(), []);
    });
});

describe("the host's data", () => {
    it("outlives a restart, whole, and is for its owner's eyes", async () => {
        const path = join(directory(), "demo.json");
        const store = new Store(path);
        store.put("companies", { id: "new", name: "New", kind: "carrier", city: "" });
        assert.equal(new Store(path).company("new")?.name, "New");
        assert.doesNotThrow(() => JSON.parse(readFileSync(path, "utf8")));
    });

    it("goes out and comes in again", async () => {
        const { call } = await demo();
        const out = (await call("GET", "/demo-api/export")).json();
        await call("DELETE", "/demo-api/data/objects/order/1042");
        assert.equal((await call("POST", "/demo-api/import", out)).status, 200);
        assert.deepEqual((await call("GET", "/demo-api/data")).json().data, out);
    });

    it("is left alone by what does not fit", async () => {
        const { call } = await demo();
        const before = (await call("GET", "/demo-api/data")).body;
        for (const [method, path, payload] of [
            ["POST", "/demo-api/import", { companies: [], users: [{ id: "a", name: "A", company: "gone" }], objects: [] }],
            ["DELETE", "/demo-api/data/companies/volna", undefined],
            ["PUT", "/demo-api/data/users", { id: "a", name: "", company: "volna" }],
            ["PUT", "/demo-api/data/objects", { type: "ship", id: "1", title: "x" }],
            ["PUT", "/demo-api/data/secrets", {}],
        ]) {
            assert.equal((await call(method, /** @type {string} */ (path), payload)).status, 400, String(path));
        }
        assert.equal((await call("GET", "/demo-api/data")).body, before);
    });
});

describe("MTChat away", () => {
    it("is said in words, on every way there", async () => {
        const { call } = await demo();
        for (const path of ["/demo-api/management/dialogs", "/demo-api/health", "/api/v1/dialogs"]) {
            const answer = await call("GET", path);
            assert.equal(answer.status, 502, path);
            assert.match(answer.json().error.message, /can not be reached/, path);
        }
    });
});

describe("what the demo makes by itself", () => {
    it("makes ids that are the same on every try and in order", () => {
        assert.match(uuidV7(1_700_000_000_000, "a 1"), /^018bcfe5-6800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        assert.equal(uuidV7(5, "a"), uuidV7(5, "a"));
        assert.ok(uuidV7(5, "a") < uuidV7(6, "a"));
    });

    it("makes a PNG and a PDF that say what they are", () => {
        assert.equal(temperatureChart().subarray(1, 4).toString(), "PNG");
        const text = pdf("A (title)", ["x"]).toString("latin1");
        assert.ok(text.startsWith("%PDF-1.4") && text.endsWith("%%EOF\n"));
        assert.equal(text.slice(Number(/startxref\n(\d+)/.exec(text)?.[1])).slice(0, 4), "xref");
    });

    it("talks about people and objects that are there", async () => {
        const { demo: { store } } = await demo();
        for (const { people, object, type, lines, key } of CONVERSATIONS) {
            assert.ok(store.data.objects.some((one) => one.type === type && one.id === object), key);
            for (const person of people) assert.ok(store.user(person), person);
            for (const line of lines) if ("as" in line) assert.ok(people.includes(line.as), `${key}: ${line.as}`);
        }
    });
});
