import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { Problem } from "./problem.js";

const REMEMBERED = 5_000;

/**
 * The demo's own endpoint at MTChat: made once, found again at the next start.
 */
export class Endpoint {
    #mtchat;
    #store;
    /** Where MTChat sends events to; of a demo that takes any free port, known once it listens. */
    url;
    /** Why it is not there, for the admin panel. */
    problem = /** @type {string | undefined} */ ("not registered yet");

    /**
     * @param {import("./mtchat.js").MTChat} mtchat
     * @param {import("./store.js").Store} store
     * @param {string} url
     */
    constructor(mtchat, store, url) {
        this.#mtchat = mtchat;
        this.#store = store;
        this.url = url;
    }

    get id() {
        return this.#store.webhook?.id;
    }

    /** See to it that there is exactly one endpoint with our address, whose secret we know. */
    async register() {
        try {
            await this.#found();
            this.problem = undefined;
        } catch (failure) {
            this.problem = /** @type {Error} */ (failure).message;
            throw failure;
        }
    }

    async #found() {
        const { data: endpoints } = await this.#mtchat.manage("GET", "/webhooks");
        const kept = endpoints.find((/** @type {any} */ endpoint) => endpoint.id === this.#store.webhook?.id);
        if (kept) {
            if (kept.url !== this.url || kept.state === "disabled") await this.#mtchat.manage("PATCH", `/webhooks/${kept.id}`, { url: this.url, state: "active" });
            return;
        }
        // There is one from before, and its secret is gone with our file: it gets another one.
        const lost = endpoints.find((/** @type {any} */ endpoint) => endpoint.url === this.url && endpoint.id !== "configured");
        const { data } = lost
            ? await this.#mtchat.manage("POST", `/webhooks/${lost.id}/secret`, { overlap_secs: 0 })
            : await this.#mtchat.manage("POST", "/webhooks", { url: this.url, description: "The demo's backend" });
        this.#store.keepWebhook({ id: data.id, secret: data.secret });
    }
}

/** Takes webhooks: genuine ones, and each of them once. */
export class Receiver {
    #secret;
    /** @type {Set<string>} */
    #seen = new Set();

    /** @param {() => string | undefined} secret */
    constructor(secret) {
        this.#secret = secret;
    }

    /**
     * The event in this body, or `undefined` when we have it already. What is not signed by MTChat is refused.
     * @param {string} body Raw: as it was signed.
     * @param {Record<string, string | string[] | undefined>} headers
     * @returns {any}
     */
    take(body, headers) {
        const secret = this.#secret();
        if (!secret) throw new Problem(503, "NOT_REGISTERED", "the demo's endpoint is not registered yet");
        const event = verified(body, headers, secret);
        if (this.#seen.has(event.id) && !event.replayed) return undefined;
        this.#seen.add(event.id);
        if (this.#seen.size > REMEMBERED) this.#seen.delete(/** @type {string} */ (this.#seen.values().next().value));
        return event;
    }
}

/**
 * @param {string} body
 * @param {Record<string, string | string[] | undefined>} headers
 * @param {string} secret
 */
function verified(body, headers, secret) {
    try {
        return new Webhook(secret).verify(body, /** @type {Record<string, string>} */ (headers));
    } catch (failure) {
        if (failure instanceof WebhookVerificationError) throw new Problem(401, "UNAUTHORIZED", `the signature is not good: ${failure.message}`);
        throw failure;
    }
}
