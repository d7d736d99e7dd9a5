const KEPT = 200;
const HEARTBEAT_MS = 15_000;

/**
 * What happens, for the pages that look: a stream of server-sent events, with the latest ones for who comes back.
 * @typedef {{ id: number, event: "webhook" | "store", data: unknown }} Entry
 */
export class Feed {
    /** @type {Entry[]} */
    #entries = [];
    /** @type {Set<import("node:http").ServerResponse>} */
    #readers = new Set();
    #next = 1;
    #heartbeat = setInterval(() => this.#all(": still here\n\n"), HEARTBEAT_MS).unref();

    /**
     * @param {Entry["event"]} event
     * @param {unknown} data
     */
    tell(event, data) {
        const entry = { id: this.#next++, event, data };
        this.#entries = [...this.#entries, entry].slice(-KEPT);
        this.#all(frame(entry));
    }

    /** The latest webhooks, the newest first. */
    recent() {
        return this.#entries.filter((entry) => entry.event === "webhook").map((entry) => entry.data).reverse();
    }

    /**
     * Keep this answer open and tell it everything, from the entry after `since` on.
     * @param {import("node:http").ServerResponse} response
     * @param {number | undefined} since
     */
    open(response, since) {
        response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" });
        response.write("retry: 2000\n\n");
        if (since !== undefined) for (const entry of this.#entries) if (entry.id > since) response.write(frame(entry));
        this.#readers.add(response);
        response.on("close", () => this.#readers.delete(response));
    }

    close() {
        clearInterval(this.#heartbeat);
        for (const reader of this.#readers) reader.end();
    }

    /** @param {string} text */
    #all(text) {
        for (const reader of this.#readers) reader.write(text);
    }
}

/** @param {Entry} entry */
function frame(entry) {
    return `id: ${entry.id}\nevent: ${entry.event}\ndata: ${JSON.stringify(entry.data)}\n\n`;
}
