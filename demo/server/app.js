import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyProxy from "@fastify/http-proxy";
import fastifyStatic from "@fastify/static";
import fastify from "fastify";
import { connectionOf } from "./connection.js";
import { Feed } from "./feed.js";
import { onlyOurPages } from "./guard.js";
import { MTChat } from "./mtchat.js";
import { Problem } from "./problem.js";
import { hostRoutes } from "./routes/host.js";
import { managementRoutes } from "./routes/management.js";
import { settingsRoutes } from "./routes/settings.js";
import { webhookRoutes } from "./routes/webhook.js";
import { Seeder } from "./seed.js";
import { Store } from "./store.js";
import { Endpoint, Receiver } from "./webhooks.js";

const PROXY_TIMEOUT_MS = 30_000;

/**
 * Everything that routes need.
 * @typedef {object} Demo
 * @property {import("./config.js").Config} config
 * @property {Store} store
 * @property {Feed} feed
 * @property {MTChat} mtchat
 * @property {() => import("./connection.js").Connection} connection
 * @property {Endpoint} endpoint
 * @property {Receiver} receiver
 * @property {Seeder} seeder
 */

/**
 * The host application without its socket: tests inject into it, `main.js` lets it listen.
 * @param {import("./config.js").Config} config
 */
export async function createApp(config) {
    const store = new Store(join(config.dataDir, "demo.json"));
    const connection = () => connectionOf(config.defaults, store.settings);
    const mtchat = new MTChat(connection);
    const feed = new Feed();
    /** @type {Demo} */
    const demo = {
        config,
        store,
        feed,
        mtchat,
        connection,
        endpoint: new Endpoint(mtchat, store, config.publicUrl ?? `http://127.0.0.1:${config.port}/webhooks/mtchat`),
        receiver: new Receiver(() => store.webhook?.secret),
        seeder: new Seeder(mtchat, store, () => connection().jwtSecret),
    };
    store.on("change", () => feed.tell("store", { changed: "data" }));
    store.on("settings", () => feed.tell("store", { changed: "settings" }));

    const app = fastify({ bodyLimit: 1024 * 1024, forceCloseConnections: true });
    app.addHook("onRequest", onlyOurPages(config.host));
    app.setErrorHandler((failure, _request, reply) => {
        const error = /** @type {Error & { statusCode?: number }} */ (failure);
        if (error instanceof Problem) return reply.code(error.status).send({ error: { code: error.code, message: error.message } });
        // Whoever asked has gone: there is nobody to answer.
        if (reply.raw.destroyed) return reply;
        const status = error.statusCode ?? 500;
        if (status >= 500) console.error(error);
        return reply.code(status).send({ error: { code: status < 500 ? "BAD_REQUEST" : "INTERNAL_ERROR", message: status < 500 ? error.message : "something went wrong in the demo" } });
    });
    app.addHook("onClose", async () => feed.close());

    hostRoutes(app, demo);
    settingsRoutes(app, demo);
    managementRoutes(app, demo);
    app.register(async (scope) => webhookRoutes(scope, demo));
    app.register(fastifyProxy, {
        prefix: "/api",
        rewritePrefix: "/api",
        upstream: "",
        websocket: true,
        undici: { headersTimeout: PROXY_TIMEOUT_MS, bodyTimeout: PROXY_TIMEOUT_MS },
        replyOptions: {
            getUpstream: () => connection().apiUrl,
            onError: (reply) => void reply.code(502).send({ error: { code: "UNREACHABLE", message: `MTChat can not be reached at ${connection().apiUrl}` } }),
        },
    });
    pages(app, config.webDir);
    return { app, demo };
}

/**
 * The built pages; whatever is no file is the application, which knows its own routes.
 * @param {import("fastify").FastifyInstance} app
 * @param {string} webDir
 */
function pages(app, webDir) {
    if (!existsSync(join(webDir, "index.html"))) {
        app.get("/", async (_request, reply) => reply.type("text/plain").code(503).send("The pages are not built: run `npm run build` in demo/ (or `make run`)."));
        return;
    }
    app.register(fastifyStatic, {
        root: webDir,
        preCompressed: true,
        setHeaders: (reply, path) => void reply.setHeader("cache-control", path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache"),
    });
    app.setNotFoundHandler((request, reply) => {
        const isPage = request.method === "GET" && !/^\/(api|demo-api|webhooks|assets)\//.test(request.url);
        if (isPage) return reply.sendFile("index.html");
        return reply.code(404).send({ error: { code: "NOT_FOUND", message: "there is nothing at this address" } });
    });
}
