import { EventEmitter } from "node:events";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { invalid } from "./problem.js";
import { sampleData } from "./sample.js";

/**
 * @typedef {{ id: string, name: string, kind: string, city: string }} Company
 * @typedef {{ id: string, name: string, company: string, departments: string[], permissions: string[], email: string, phone: string, language: string }} User
 * @typedef {{ type: "order" | "tender", id: string, title: string, status: string, from: string, to: string, cargo: string, weight: string,
 *             price: string, date: string, company: string, manager: string, description: string }} BusinessObject
 * @typedef {{ companies: Company[], users: User[], objects: BusinessObject[] }} Data
 * @typedef {{ apiUrl?: string, adminToken?: string, jwtSecret?: string, jwtEnabled?: boolean }} Settings
 * @typedef {{ dialog?: string, startedAt: number, done: boolean }} SeededDialog
 * @typedef {{ data: Data, settings: Settings, webhook?: { id: string, secret: string }, seeded: Record<string, SeededDialog> }} State
 */

const TEXT_LIMIT = 500;
const FIELDS = {
    companies: { required: ["id", "name"], texts: ["kind", "city"], lists: [] },
    users: { required: ["id", "name", "company"], texts: ["email", "phone", "language"], lists: ["departments", "permissions"] },
    objects: {
        required: ["type", "id", "title"],
        texts: ["status", "from", "to", "cargo", "weight", "price", "date", "company", "manager", "description"],
        lists: [],
    },
};
/** @type {(keyof Data)[]} */
export const KINDS = ["companies", "users", "objects"];

/** Everything that the host itself knows, in one file. `change` tells what changed. */
export class Store extends EventEmitter {
    /** @type {State} */
    #state;
    #path;

    /** @param {string} path */
    constructor(path) {
        super();
        this.#path = path;
        this.#state = read(path) ?? fresh();
        this.#write();
    }

    /** @returns {Data} */
    get data() {
        return this.#state.data;
    }

    get settings() {
        return this.#state.settings;
    }

    get webhook() {
        return this.#state.webhook;
    }

    get seeded() {
        return this.#state.seeded;
    }

    /** @param {string} id */
    user(id) {
        return this.data.users.find((user) => user.id === id);
    }

    /** @param {string} id */
    company(id) {
        return this.data.companies.find((company) => company.id === id);
    }

    /**
     * Put one in, in place of the one with its key.
     * @param {keyof Data} kind
     * @param {unknown} given
     */
    put(kind, given) {
        const one = parse(kind, given);
        const list = /** @type {any[]} */ (this.data[kind]);
        const others = list.filter((other) => keyOf(kind, other) !== keyOf(kind, one));
        const data = { ...this.data, [kind]: others.length === list.length ? [...list, one] : list.map((other) => (keyOf(kind, other) === keyOf(kind, one) ? one : other)) };
        this.#replace(check(data));
        return one;
    }

    /**
     * @param {keyof Data} kind
     * @param {string} key
     */
    remove(kind, key) {
        const list = /** @type {any[]} */ (this.data[kind]);
        this.#replace(check({ ...this.data, [kind]: list.filter((one) => keyOf(kind, one) !== key) }));
    }

    /**
     * All of it at once: an import.
     * @param {unknown} given
     */
    replaceAll(given) {
        if (typeof given !== "object" || given === null) throw invalid("an object with companies, users and objects is needed");
        const all = /** @type {Record<string, unknown>} */ (given);
        const data = /** @type {Data} */ (Object.fromEntries(KINDS.map((kind) => [kind, listOf(kind, all[kind]).map((one) => parse(kind, one))])));
        this.#replace(check(data));
    }

    /** Back to what the demonstration began with. */
    reset() {
        this.#replace(sampleData());
    }

    /** @param {Settings} settings */
    changeSettings(settings) {
        this.#state = { ...this.#state, settings };
        this.#write();
        this.emit("settings");
    }

    /** @param {{ id: string, secret: string } | undefined} webhook */
    keepWebhook(webhook) {
        this.#state = { ...this.#state, webhook };
        this.#write();
    }

    /**
     * @param {string} key
     * @param {SeededDialog} seeded
     */
    keepSeeded(key, seeded) {
        this.#state = { ...this.#state, seeded: { ...this.seeded, [key]: seeded } };
        this.#write();
    }

    /** @param {Data} data */
    #replace(data) {
        this.#state = { ...this.#state, data };
        this.#write();
        this.emit("change");
    }

    /** Whole or not at all: a reader, or a start after a crash, never finds half a file. */
    #write() {
        mkdirSync(dirname(this.#path), { recursive: true });
        const unfinished = `${this.#path}.${process.pid}`;
        writeFileSync(unfinished, `${JSON.stringify(this.#state, null, 4)}\n`, { mode: 0o600 });
        renameSync(unfinished, this.#path);
    }
}

/**
 * @param {keyof Data} kind
 * @param {any} one
 */
export function keyOf(kind, one) {
    return kind === "objects" ? `${one.type}/${one.id}` : one.id;
}

/** @returns {State} */
function fresh() {
    return { data: sampleData(), settings: {}, seeded: {} };
}

/**
 * @param {string} path
 * @returns {State | undefined}
 */
function read(path) {
    try {
        return { ...fresh(), ...JSON.parse(readFileSync(path, "utf8")) };
    } catch (failure) {
        if (/** @type {NodeJS.ErrnoException} */ (failure).code === "ENOENT") return undefined;
        throw new Error(`${path} can not be read: ${/** @type {Error} */ (failure).message}`);
    }
}

/**
 * @param {string} kind
 * @param {unknown} given
 * @returns {unknown[]}
 */
function listOf(kind, given) {
    if (!Array.isArray(given)) throw invalid(`${kind} must be a list`);
    if (given.length > 1_000) throw invalid(`${kind} has more than 1,000 entries`);
    return given;
}

/**
 * @param {keyof Data} kind
 * @param {unknown} given
 */
function parse(kind, given) {
    if (typeof given !== "object" || given === null) throw invalid(`an entry of ${kind} must be an object`);
    const one = /** @type {Record<string, unknown>} */ (given);
    const { required, texts, lists } = FIELDS[kind];
    const parsed = /** @type {Record<string, any>} */ ({});
    for (const name of required) {
        parsed[name] = text(one[name], name);
        if (!parsed[name]) throw invalid(`${name} is missing`);
    }
    for (const name of texts) parsed[name] = text(one[name] ?? "", name);
    for (const name of lists) {
        const list = one[name] ?? [];
        if (!Array.isArray(list) || list.length > 50) throw invalid(`${name} must be a list of at most 50`);
        parsed[name] = [...new Set(list.map((value) => text(value, name)).filter(Boolean))];
    }
    if (parsed.id.length > 100) throw invalid("id is longer than 100 characters");
    if (kind === "objects" && !["order", "tender"].includes(parsed.type)) throw invalid("type must be order or tender");
    return parsed;
}

/**
 * @param {unknown} value
 * @param {string} name
 */
function text(value, name) {
    if (typeof value !== "string") throw invalid(`${name} must be a text`);
    if (value.length > TEXT_LIMIT) throw invalid(`${name} is longer than ${TEXT_LIMIT} characters`);
    return value.trim();
}

/**
 * What belongs together is there.
 * @param {Data} data
 */
function check(data) {
    const companies = new Set(data.companies.map((company) => company.id));
    for (const kind of KINDS) {
        const keys = /** @type {any[]} */ (data[kind]).map((one) => keyOf(kind, one));
        const twice = keys.find((key, index) => keys.indexOf(key) !== index);
        if (twice) throw invalid(`${twice} is there twice in ${kind}`);
    }
    const homeless = data.users.find((user) => !companies.has(user.company));
    if (homeless) throw invalid(`the company ${homeless.company} of ${homeless.name} does not exist`);
    return data;
}
