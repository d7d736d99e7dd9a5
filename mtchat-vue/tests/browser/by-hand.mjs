// Owns a server for whoever works on scenarios, in place of the Rust test:
//   target/debug/mtchat up --data /tmp/data --port 8411 &
//   node tests/browser/by-hand.mjs /tmp/data <scenario>
// Its edges are ways to the one server, which can be cut: that is what «killed» means here. It cannot `seed`.
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const [data, scenario] = process.argv.slice(2);
const credentials = JSON.parse(await readFile(`${data}/credentials.json`, "utf8"));
const server = new URL(credentials.url);

class Edge {
    #sockets = new Set();
    #listener = createServer((socket) => this.#join(socket));

    async start(port = 0) {
        await new Promise((resolve) => this.#listener.listen(port, "127.0.0.1", resolve));
        this.port = this.#listener.address().port;
        return this;
    }

    kill() {
        this.#listener.close();
        for (const socket of this.#sockets) socket.destroy();
    }

    restart() {
        return this.start(this.port);
    }

    #join(socket) {
        const other = connect(Number(server.port), server.hostname);
        for (const [one, next] of [[socket, other], [other, socket]]) {
            this.#sockets.add(one);
            one.on("error", () => next.destroy());
            one.on("close", () => {
                this.#sockets.delete(one);
                next.destroy();
            });
            one.pipe(next);
        }
    }
}

const edges = await Promise.all([new Edge().start(), new Edge().start()]);
const wishes = {
    kill_edge: ({ edge }) => edges[edge].kill(),
    restart_edge: ({ edge }) => edges[edge].restart(),
    token: ({ user, companies }) => ({ token: token(user, companies) }),
};
const stage = { edges: edges.map(({ port }) => `http://127.0.0.1:${port}`), admin: credentials.admin_api_token, reader: "reader" };
const child = spawn(process.execPath, [fileURLToPath(new URL("run.mjs", import.meta.url)), scenario], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, MTCHAT_STAGE: JSON.stringify(stage) },
});
child.on("exit", (code) => process.exit(code ?? 1));
for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("ASK ")) {
        console.log(line);
        continue;
    }
    const wish = JSON.parse(line.slice(4));
    const answer = await wishes[wish.do](wish);
    child.stdin.write(`${JSON.stringify(answer ?? {})}\n`);
}

function token(user, companies) {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { sub: user, exp: Math.floor(Date.now() / 1000) + 3_600, scopes: { scope_level0: companies, scope_level1: [], scope_level2: [] } };
    const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
    return `${signed}.${createHmac("sha256", credentials.jwt_secret).update(signed).digest("base64url")}`;
}
