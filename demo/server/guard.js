import { Problem } from "./problem.js";

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/**
 * There are no passwords, so nobody may come in from elsewhere: not another site's page that knows the address (by `Sec-Fetch-Site`),
 * and not one whose name was made to lead here (by `Host`).
 * @param {string} host Where the demo listens. Elsewhere than on loopback, whoever put it there knows by which names it is reached.
 * @returns {import("fastify").onRequestAsyncHookHandler}
 */
export function onlyOurPages(host) {
    const isLocal = LOOPBACK.test(host) || host === "::1";
    return async (request) => {
        if (isLocal && !LOOPBACK.test(request.headers.host ?? "")) throw new Problem(403, "FORBIDDEN", "the demo answers on this machine's own names only");
        const site = request.headers["sec-fetch-site"];
        const isVisit = request.method === "GET" && request.headers["sec-fetch-mode"] === "navigate";
        if (site && site !== "same-origin" && site !== "none" && !isVisit) throw new Problem(403, "FORBIDDEN", "pages of other sites may not use the demo");
    };
}
