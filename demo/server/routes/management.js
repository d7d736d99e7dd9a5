import { invalid, Problem } from "../problem.js";

const ID = "[0-9a-f-]{36}";
const ENDPOINT = `(?:${ID}|configured)`;
/** What the admin panel may ask of the Management API. Nothing else goes through, and no answer with a secret in it. */
const ALLOWED = [
    ["GET", "dialogs"],
    ["GET", `dialogs/${ID}`],
    ["PATCH", `dialogs/${ID}`],
    ["DELETE", `dialogs/${ID}`],
    ["PUT", `dialogs/${ID}/access-scopes`],
    ["POST", `dialogs/${ID}/messages`],
    ["DELETE", `dialogs/${ID}/participants/[^/]+`],
    ["GET", "webhooks"],
    ["GET", `webhooks/${ENDPOINT}/deliveries`],
    ["GET", `webhooks/${ENDPOINT}/dead-letters`],
    ["POST", `webhooks/${ENDPOINT}/test`],
    ["POST", `webhooks/${ENDPOINT}/replay`],
    ["POST", `webhooks/${ENDPOINT}/deliveries/\\d+/retry`],
    ["POST", `webhooks/${ENDPOINT}/dead-letters/retry`],
].map(([method, path]) => ({ method, path: new RegExp(`^${path}$`) }));

const AUDIT_PAGES = 20;
const AUDIT_SHOWN = 300;

/**
 * The Management API for the admin panel, with the admin token put in here.
 * @param {import("fastify").FastifyInstance} app
 * @param {import("../app.js").Demo} demo
 */
export function managementRoutes(app, { store, mtchat, endpoint, feed }) {
    app.post("/demo-api/dialogs", async (request) => {
        const answer = await mtchat.manage("POST", "/dialogs", dialogOf(request.body, store));
        feed.tell("store", { changed: "dialogs" });
        return answer;
    });

    app.post("/demo-api/dialogs/:id/participants", async (request, reply) => {
        const { id } = /** @type {{ id: string }} */ (request.params);
        await mtchat.manage("POST", `/dialogs/${encodeURIComponent(id)}/participants`, participant(/** @type {any} */ (request.body)?.user, store));
        return reply.code(204).send();
    });

    // A loop in the host: whoever looks at the log wants its end, and it is read from its beginning.
    app.get("/demo-api/audit", async () => {
        let entries = /** @type {any[]} */ ([]);
        let after = "0";
        for (let page = 0; page < AUDIT_PAGES; page++) {
            const answer = await mtchat.manage("GET", `/audit?after=${encodeURIComponent(after)}&limit=1000`);
            entries = [...entries, ...answer.data].slice(-AUDIT_SHOWN);
            if (!answer.next_cursor || answer.data.length < 1_000) break;
            after = answer.next_cursor;
        }
        return { data: entries.reverse() };
    });

    app.get("/demo-api/endpoint", async () => ({ data: { id: endpoint.id, problem: endpoint.problem, recent: feed.recent() } }));

    app.route({
        method: ["GET", "POST", "PUT", "PATCH", "DELETE"],
        url: "/demo-api/management/*",
        handler: async (request, reply) => {
            const [path, query] = request.url.slice("/demo-api/management/".length).split("?");
            if (!ALLOWED.some((one) => one.method === request.method && one.path.test(path))) throw new Problem(404, "NOT_FOUND", "the admin panel does not ask this");
            const answer = await mtchat.manage(request.method, `/${path}${query ? `?${query}` : ""}`, request.body ?? undefined);
            if (request.method !== "GET") feed.tell("store", { changed: path.split("/")[0] });
            return Object.keys(answer).length ? answer : reply.code(204).send();
        },
    });
}

/**
 * @param {any} given
 * @param {import("../store.js").Store} store
 */
function dialogOf(given, store) {
    if (!given?.object_type || !given?.object_id) throw invalid("a dialog belongs to an object");
    const people = Array.isArray(given.participants) ? given.participants : [];
    return {
        object_type: given.object_type,
        object_id: given.object_id,
        title: given.title || undefined,
        object_url: given.object_url || undefined,
        created_by: given.created_by || undefined,
        participants: people.map((/** @type {unknown} */ id) => participant(id, store)),
        access_scopes: given.access_scopes ?? [],
    };
}

/**
 * @param {unknown} id
 * @param {import("../store.js").Store} store
 */
function participant(id, store) {
    const user = typeof id === "string" ? store.user(id) : undefined;
    if (!user) throw invalid(`there is no user ${id}`);
    return { user_id: user.id, display_name: user.name, company: store.company(user.company)?.name, email: user.email || undefined, phone: user.phone || undefined };
}
