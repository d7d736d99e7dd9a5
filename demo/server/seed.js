import { createHash } from "node:crypto";
import { CONVERSATIONS } from "./conversations.js";
import { pdf, temperatureChart } from "./files.js";
import { request } from "./mtchat.js";
import { mint } from "./tokens.js";

const FILES = {
    chart: () => ({ filename: "temperature-1042.png", content_type: "image/png", bytes: temperatureChart() }),
    waybill: () => ({
        filename: "CMR-1043.pdf",
        content_type: "application/pdf",
        bytes: pdf("Waybill CMR 1043", ["Consignor: Volna Logistik, Kazan", "Consignee: Toshkent Don, Tashkent", "Carrier: Taiga Trans", "Goods: spare parts, 19.6 t", "Oversize: 2 pieces", "Seal: 70-114-889"]),
    }),
    packing: () => ({
        filename: "packing-list-1045.pdf",
        content_type: "application/pdf",
        bytes: pdf("Packing list 1045", ["Goods: green coffee, 22 pallets", "Gross weight: 20.9 t", "Lots: KE-118, ET-204, CO-077", "Fumigation: certificate attached"]),
    }),
};

/**
 * The conversations, through the same APIs that any host uses. What is there already is left as it is; what a crash left half-way is
 * finished: messages have the same ids on every try.
 */
export class Seeder {
    #mtchat;
    #store;
    #secret;

    /**
     * @param {import("./mtchat.js").MTChat} mtchat
     * @param {import("./store.js").Store} store
     * @param {() => string} secret
     */
    constructor(mtchat, store, secret) {
        this.#mtchat = mtchat;
        this.#store = store;
        this.#secret = secret;
    }

    /** @returns {Promise<number>} How many conversations were new. */
    async run() {
        let made = 0;
        for (const conversation of CONVERSATIONS) if (await this.#conversation(conversation)) made += 1;
        return made;
    }

    /** @param {import("./conversations.js").Conversation} conversation */
    async #conversation(conversation) {
        const people = conversation.people.map((id) => this.#store.user(id));
        // Somebody has been taken out of the sample data: it is not for us to bring them back.
        if (people.some((person) => !person)) return false;
        const before = this.#store.seeded[conversation.key];
        const { data: dialog } = await this.#mtchat.manage("POST", "/dialogs/find-or-create", {
            key: `demo-${conversation.key}`,
            object_type: conversation.type,
            object_id: conversation.object,
            title: conversation.title,
            object_url: `${this.objectUrl}/inline/${conversation.type}/${encodeURIComponent(conversation.object)}`,
            participants: people.map((person) => this.#participant(/** @type {any} */ (person))),
            access_scopes: conversation.scopes ?? [],
        });
        if (!dialog.created && (before?.dialog !== dialog.id || before?.done)) return false;
        const seeded = dialog.created || !before ? { dialog: dialog.id, startedAt: Date.now(), done: false } : before;
        this.#store.keepSeeded(conversation.key, seeded);
        await this.#say(conversation, seeded, dialog.id);
        await this.#finish(conversation, dialog.id);
        this.#store.keepSeeded(conversation.key, { ...seeded, done: true });
        return true;
    }

    /** Where the demo is: links of objects lead there. */
    objectUrl = "";

    /** @param {import("./store.js").User} person */
    #participant(person) {
        return { user_id: person.id, display_name: person.name, company: this.#store.company(person.company)?.name, email: person.email, phone: person.phone };
    }

    /**
     * @param {import("./conversations.js").Conversation} conversation
     * @param {import("./store.js").SeededDialog} seeded
     * @param {string} dialog
     */
    async #say(conversation, seeded, dialog) {
        const idOf = (/** @type {number} */ index) => uuidV7(seeded.startedAt + index, `${conversation.key} ${index}`);
        for (const [index, line] of conversation.lines.entries()) {
            if (!("as" in line)) {
                const body = "card" in line ? { card: line.card } : { text: line.notice };
                await this.#mtchat.manage("POST", `/dialogs/${dialog}/messages`, body, { "idempotency-key": `demo-${dialog}-${index}` });
                continue;
            }
            const token = await this.#token(line.as);
            const attachments = line.file ? [await this.#upload(token, dialog, FILES[line.file]())] : undefined;
            const message = { id: idOf(index), content: line.text, reply_to: line.reply === undefined ? undefined : idOf(line.reply), attachments };
            await this.#mtchat.chat(token, "POST", `/dialogs/${dialog}/messages`, message).catch(ignore("CONFLICT"));
            for (const [emoji, users] of Object.entries(line.reactions ?? {})) {
                for (const user of users) await this.#mtchat.chat(await this.#token(user), "PUT", `/dialogs/${dialog}/messages/${idOf(index)}/reactions/${encodeURIComponent(emoji)}`);
            }
        }
    }

    /**
     * @param {import("./conversations.js").Conversation} conversation
     * @param {string} dialog
     */
    async #finish(conversation, dialog) {
        for (const user of conversation.read ?? []) {
            const token = await this.#token(user);
            const { data } = await this.#mtchat.chat(token, "GET", `/dialogs/${dialog}/messages?limit=1`);
            const last = data.messages.at(-1)?.id;
            if (last) await this.#mtchat.chat(token, "POST", `/dialogs/${dialog}/read`, { last_read_message_id: last });
        }
        for (const user of conversation.pinnedBy ?? []) await this.#mtchat.chat(await this.#token(user), "POST", `/dialogs/${dialog}/pin`);
        for (const user of conversation.archivedBy ?? []) await this.#mtchat.chat(await this.#token(user), "POST", `/dialogs/${dialog}/archive`);
        if (conversation.frozen) await this.#mtchat.manage("PATCH", `/dialogs/${dialog}`, { frozen: true });
    }

    /**
     * @param {string} token
     * @param {string} dialog
     * @param {{ filename: string, content_type: string, bytes: Buffer }} file
     */
    async #upload(token, dialog, { filename, content_type, bytes }) {
        const about = { filename, content_type, size: bytes.length };
        const { data } = await retried(() => this.#mtchat.chat(token, "POST", "/upload/presign", { dialog_id: dialog, ...about }));
        const stored = await request(data.upload_url, { method: "PUT", headers: { "content-type": data.content_type }, body: new Uint8Array(bytes) });
        if (!stored.ok) throw new Error(`the file store answered ${stored.status} to ${filename}`);
        return { s3_key: data.s3_key, ...about };
    }

    /** @param {string} id */
    async #token(id) {
        return mint(/** @type {import("./store.js").User} */ (this.#store.user(id)), this.#secret());
    }
}

/**
 * The store of files comes up a moment after the rest.
 * @template T
 * @param {() => Promise<T>} attempt
 * @returns {Promise<T>}
 */
async function retried(attempt) {
    for (let tries = 0; ; tries++) {
        try {
            return await attempt();
        } catch (failure) {
            if (tries >= 20 || /** @type {any} */ (failure).status !== 503) throw failure;
            await new Promise((resume) => setTimeout(resume, 1_000));
        }
    }
}

/** @param {string} code */
function ignore(code) {
    return (/** @type {any} */ failure) => {
        if (failure.code !== code) throw failure;
    };
}

/**
 * @param {number} time
 * @param {string} name
 */
export function uuidV7(time, name) {
    const bytes = createHash("sha256").update(`${time} ${name}`).digest().subarray(0, 16);
    bytes.writeUIntBE(time, 0, 6);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    const hex = bytes.toString("hex");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
