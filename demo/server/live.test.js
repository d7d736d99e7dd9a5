import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import WebSocket from "ws";
import { createApp } from "./app.js";
import { readConfig } from "./config.js";
import { CONVERSATIONS } from "./conversations.js";

const BIN = process.env.MTCHAT_BIN;

/** With a real MTChat, when one is named: `MTCHAT_BIN=../target/debug/mtchat npm test`. */
describe("beside a real MTChat", { skip: BIN ? false : "MTCHAT_BIN names no mtchat" }, () => {
    const directory = mkdtempSync(join(tmpdir(), "mtchat-demo-live-"));
    /** @type {import("node:child_process").ChildProcess} */
    let mtchat;
    /** @type {Awaited<ReturnType<typeof createApp>>} */
    let host;
    let address = "";

    before(async () => {
        const env = { ...process.env, WEBHOOK_ALLOW_PRIVATE: "true" };
        mtchat = spawn(/** @type {string} */ (BIN), ["up", "--data", directory, "--port", "0"], { env, stdio: ["ignore", "pipe", "inherit"] });
        await said(mtchat, "MTChat is ready");
        // A port of its own, known before it listens: the webhook endpoint names it.
        const port = await freePort();
        host = await createApp(readConfig({ DATA: directory, DEMO_PORT: String(port) }));
        address = await host.app.listen({ host: "127.0.0.1", port });
        host.demo.seeder.objectUrl = address;
        await host.demo.endpoint.register();
    });

    after(async () => {
        await host?.app.close();
        mtchat.kill("SIGINT");
        await new Promise((resolve) => mtchat.once("exit", resolve));
        rmSync(directory, { recursive: true, force: true });
    });

    const all = async () => (await host.demo.mtchat.manage("GET", "/dialogs?limit=200")).data;
    const token = async (/** @type {string} */ user) => {
        const answer = await fetch(`${address}/demo-api/token`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user }) });
        return (await answer.json()).data.token;
    };

    it("is seeded once: a second time adds nothing", async () => {
        assert.equal(await host.demo.seeder.run(), CONVERSATIONS.length);
        const dialogs = await all();
        assert.equal(dialogs.length, CONVERSATIONS.length);
        assert.equal(await host.demo.seeder.run(), 0);
        assert.deepEqual(await all(), dialogs);
    });

    it("finishes what a crash left half-way, without a message twice", async () => {
        const key = "1043";
        const { lines } = /** @type {any} */ (CONVERSATIONS.find((one) => one.key === key));
        const seeded = host.demo.store.seeded[key];
        host.demo.store.keepSeeded(key, { ...seeded, done: false });
        assert.equal(await host.demo.seeder.run(), 1);
        const { data } = await host.demo.mtchat.chat(await token("anna"), "GET", `/dialogs/${seeded.dialog}/messages?limit=200`);
        const fromPeople = data.messages.filter((/** @type {any} */ message) => message.message_type === "user");
        assert.equal(fromPeople.length, lines.filter((/** @type {any} */ line) => "as" in line).length);
        assert.equal(data.messages.filter((/** @type {any} */ message) => message.content.includes('"card"')).length, 1);
    });

    it("registers one endpoint, however often it starts, and finds it again without its file", async () => {
        await host.demo.endpoint.register();
        host.demo.store.keepWebhook(undefined);
        await host.demo.endpoint.register();
        const { data } = await host.demo.mtchat.manage("GET", "/webhooks");
        assert.equal(data.length, 1);
    });

    it("hears of a message over the proxied socket and by webhook", async () => {
        const anna = await token("anna");
        const dialog = host.demo.store.seeded["1042"].dialog;
        const socket = new WebSocket(`${address.replace("http", "ws")}/api/v1/ws`);
        const told = heard(socket, "message.new");
        await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
        socket.send(JSON.stringify({ type: "auth", token: await token("emma") }));
        await heard(socket, "connected");
        const byWebhook = new Promise((resolve) => {
            const { tell } = host.demo.feed;
            host.demo.feed.tell = function (event, data) {
                if (/** @type {any} */ (data).payload?.message?.content === "Over the proxy") resolve(data);
                return tell.call(this, event, data);
            };
        });
        await host.demo.mtchat.chat(anna, "POST", `/dialogs/${dialog}/messages`, { content: "Over the proxy" });
        assert.match(JSON.stringify(await told), /Over the proxy/);
        assert.equal(/** @type {any} */ (await byWebhook).event, "message.new");
        socket.close();
    });

    it("answers over the proxy as MTChat itself does", async () => {
        const answer = await fetch(`${address}/api/v1/unread`, { headers: { authorization: `Bearer ${await token("liwei")}` } });
        assert.equal(answer.status, 200);
        assert.equal(typeof (await answer.json()).data.unread_count, "number");
        assert.equal((await fetch(`${address}/api/v1/unread`)).status, 401);
    });
});

/**
 * The first frame of one of these types.
 * @param {WebSocket} socket
 * @param {string[]} types
 */
function heard(socket, ...types) {
    return new Promise((resolve, reject) => {
        socket.on("close", (code) => reject(new Error(`the socket was closed: ${code}`)));
        socket.on("message", (data) => {
            const frame = JSON.parse(String(data));
            if (types.includes(frame.type)) resolve(frame);
        });
    });
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {string} words
 */
function said(child, words) {
    return new Promise((resolve, reject) => {
        let text = "";
        child.stdout?.on("data", (data) => {
            text += data;
            if (text.includes(words)) resolve(undefined);
        });
        child.once("exit", (code) => reject(new Error(`mtchat ended with ${code}: ${text}`)));
    });
}

async function freePort() {
    const { createServer } = await import("node:net");
    const server = createServer();
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    await new Promise((resolve) => server.close(resolve));
    return port;
}
