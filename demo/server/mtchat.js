import { Problem } from "./problem.js";

const DEADLINE_MS = 10_000;

/** MTChat's HTTP API as a host uses it. Every call has a deadline; what goes wrong is a `Problem` with MTChat's own words. */
export class MTChat {
    #connection;

    /** @param {() => import("./connection.js").Connection} connection As it is at the moment of a call. */
    constructor(connection) {
        this.#connection = connection;
    }

    /**
     * The Management API. Answers `{ data, next_cursor? }`.
     * @param {string} method
     * @param {string} path Behind `/api/v1/management`.
     * @param {unknown} [body]
     * @param {Record<string, string>} [headers]
     */
    async manage(method, path, body, headers = {}) {
        const { adminToken } = this.#connection();
        if (!adminToken) throw new Problem(503, "NO_ADMIN_TOKEN", "no admin token is known: set it in the settings, or start the demo beside `mtchat up`");
        return this.#ask(method, `/management${path}`, adminToken, body, headers);
    }

    /**
     * The Chat API, as the user of this token.
     * @param {string} token
     * @param {string} method
     * @param {string} path Behind `/api/v1`.
     * @param {unknown} [body]
     */
    async chat(token, method, path, body) {
        return this.#ask(method, path, token, body, {});
    }

    /** Whether it is there, and how it is. */
    async health() {
        const answer = await request(`${this.#connection().apiUrl}/health/ready`, {});
        return answer.json();
    }

    /**
     * @param {string} method
     * @param {string} path
     * @param {string} token
     * @param {unknown} body
     * @param {Record<string, string>} headers
     */
    async #ask(method, path, token, body, headers) {
        const answer = await request(`${this.#connection().apiUrl}/api/v1${path}`, {
            method,
            headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        if (answer.ok) {
            const text = await answer.text();
            const parsed = text ? JSON.parse(text) : {};
            const cursor = answer.headers.get("mtchat-next-cursor");
            return cursor ? { ...parsed, next_cursor: cursor } : parsed;
        }
        const said = await answer.json().catch(() => undefined);
        throw new Problem(answer.status, said?.error?.code ?? `HTTP_${answer.status}`, said?.error?.message ?? `MTChat answered ${answer.status}`);
    }
}

/**
 * `fetch` with a deadline and words for what may go wrong.
 * @param {string} url
 * @param {RequestInit} options
 */
export async function request(url, options) {
    try {
        return await fetch(url, { ...options, redirect: "manual", signal: AbortSignal.timeout(DEADLINE_MS) });
    } catch (failure) {
        const error = /** @type {Error & { cause?: { code?: string } }} */ (failure);
        const why = error.name === "TimeoutError" ? `no answer within ${DEADLINE_MS / 1_000} s` : (error.cause?.code ?? error.message);
        throw new Problem(502, "UNREACHABLE", `${new URL(url).origin} can not be reached: ${why}`);
    }
}
