/**
 * Where MTChat tells what happens.
 * @param {import("fastify").FastifyInstance} scope A scope of its own: bodies stay raw in it, as they were signed.
 * @param {import("../app.js").Demo} demo
 */
export function webhookRoutes(scope, { receiver, feed }) {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));

    scope.post("/webhooks/mtchat", async (request, reply) => {
        const event = receiver.take(String(request.body ?? ""), request.headers);
        // Answered before anybody looks at it: what takes long would hold up the rest of its dialog.
        reply.code(204).send();
        if (event) feed.tell("webhook", { ...event, data: undefined, received_at: new Date().toISOString() });
        return reply;
    });
}
