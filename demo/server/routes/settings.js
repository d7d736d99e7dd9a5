import { changed, shown } from "../connection.js";

/**
 * Where MTChat is, and with what. Secrets go in here and never come out again.
 * @param {import("fastify").FastifyInstance} app
 * @param {import("../app.js").Demo} demo
 */
export function settingsRoutes(app, { store, config, connection, endpoint, seeder, mtchat }) {
    const answer = () => ({ data: { ...shown(connection(), store.settings, config.defaults), endpoint: { id: endpoint.id, problem: endpoint.problem } } });
    const change = async (/** @type {import("../store.js").Settings} */ settings) => {
        store.changeSettings(settings);
        // What comes of it stands in the answer.
        await endpoint.register().catch(() => undefined);
        return answer();
    };

    app.get("/demo-api/settings", async () => answer());
    app.put("/demo-api/settings", async (request) => change(changed(request.body, store.settings)));
    app.delete("/demo-api/settings", async () => change({}));
    app.get("/demo-api/health", async () => ({ data: await mtchat.health() }));
    app.post("/demo-api/seed", async () => ({ data: { made: await seeder.run() } }));
}
