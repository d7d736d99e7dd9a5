import { pdf } from "../files.js";
import { invalid, notFound } from "../problem.js";
import { KINDS } from "../store.js";
import { mint, TOKEN_MINUTES } from "../tokens.js";

/**
 * What the host knows by itself: people, objects, papers, and who may be whom.
 * @param {import("fastify").FastifyInstance} app
 * @param {import("../app.js").Demo} demo
 */
export function hostRoutes(app, { store, feed, connection }) {
    app.get("/demo-api/data", async () => ({ data: store.data }));

    // A real host gives a token to whoever is logged in. Here everybody may be everybody: that is what a demonstration is for.
    app.post("/demo-api/token", async (request) => {
        const id = /** @type {any} */ (request.body)?.user;
        const user = typeof id === "string" ? store.user(id) : undefined;
        if (!user) throw notFound("there is no such user in the demo");
        return { data: { token: await mint(user, connection().jwtSecret), expires_in: TOKEN_MINUTES * 60 } };
    });

    app.put("/demo-api/data/:kind", async (request) => ({ data: store.put(kindOf(request), request.body) }));
    app.delete("/demo-api/data/:kind/*", async (request, reply) => {
        store.remove(kindOf(request), /** @type {any} */ (request.params)["*"]);
        return reply.code(204).send();
    });

    app.get("/demo-api/export", async (_request, reply) => {
        reply.header("content-disposition", 'attachment; filename="mtchat-demo.json"');
        return store.data;
    });
    app.post("/demo-api/import", async (request) => {
        store.replaceAll(request.body);
        return { data: store.data };
    });
    app.post("/demo-api/reset", async () => {
        store.reset();
        return { data: store.data };
    });

    app.get("/demo-api/documents/:type/:id/:name", async (request, reply) => {
        const { type, id, name } = /** @type {Record<string, string>} */ (request.params);
        const object = store.data.objects.find((one) => one.type === type && one.id === id);
        const titles = /** @type {Record<string, string>} */ ({ "waybill.pdf": "Waybill", "contract.pdf": "Contract of carriage", "invoice.pdf": "Invoice", "terms.pdf": "Terms of the tender" });
        if (!object || !titles[name]) throw notFound("there is no such document");
        reply.type("application/pdf").header("content-disposition", `inline; filename="${name}"`);
        return pdf(`${titles[name]} ${object.id}`, [`Goods: ${object.title}`, `From: ${object.from}`, `To: ${object.to}`, `Cargo: ${object.cargo}, ${object.weight}`, `Price: ${object.price}`, `Date: ${object.date}`]);
    });

    app.get("/demo-api/events", (request, reply) => {
        const since = Number(request.headers["last-event-id"]);
        reply.hijack();
        feed.open(reply.raw, Number.isInteger(since) && since > 0 ? since : undefined);
    });
}

/**
 * @param {import("fastify").FastifyRequest} request
 * @returns {keyof import("../store.js").Data}
 */
function kindOf(request) {
    const { kind } = /** @type {{ kind: keyof import("../store.js").Data }} */ (request.params);
    if (!KINDS.includes(kind)) throw invalid(`${kind} is not kept here`);
    return kind;
}
