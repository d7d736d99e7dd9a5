// The host's backend: what it does by the Management API.
import { randomUUID } from "node:crypto";

export class Host {
    constructor(edge, token) {
        this.edge = edge;
        this.token = token;
    }

    /** A request of the Management API. What comes back is `data`. */
    async call(method, path, body) {
        const answer = await fetch(`${this.edge}/api/v1/management${path}`, {
            method,
            headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json", "Idempotency-Key": randomUUID() },
            body: body === undefined ? undefined : JSON.stringify(body),
            signal: AbortSignal.timeout(20_000),
        });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
        return text ? JSON.parse(text).data : undefined;
    }

    /**
     * A dialog about an object, `{ object: [type, id], title, people, scopes?, url? }`: people are in it, and whoever is of a company of
     * `scopes` may join. Its id comes back.
     */
    async create({ object: [object_type, object_id], title, people, scopes, url, ...rest }) {
        const participants = people.map((person) => (typeof person === "string" ? person : person.profile()));
        const access_scopes = scopes?.map((company) => ({ scope_level0: [company] }));
        const dialog = await this.call("POST", "/dialogs", { object_type, object_id, title, object_url: url, participants, access_scopes, ...rest });
        return dialog.id;
    }

    /** Change it: `{ title, object_url, frozen }`. */
    change(dialog, change) {
        return this.call("PATCH", `/dialogs/${dialog}`, change);
    }

    remove(dialog) {
        return this.call("DELETE", `/dialogs/${dialog}`);
    }

    /** `{ text }` or `{ card }`. */
    say(dialog, what) {
        return this.call("POST", `/dialogs/${dialog}/messages`, what);
    }

    setRole(dialog, person, role) {
        return this.call("PUT", `/dialogs/${dialog}/participants/${encodeURIComponent(person.id)}/role`, { role });
    }
}
