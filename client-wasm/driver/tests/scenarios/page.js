// The page of the scenarios: one client with one dialog open, and what a scenario wants to know of it.
import { createClient } from "/client/index.js";

const { url, dialog } = Object.fromEntries(new URLSearchParams(location.search));
const errors = [];
const client = createClient({ url, getToken: () => window.getToken() });
client.on("error", ({ code, message }) => errors.push(`${code}: ${message}`));
client.open(dialog);
client.connect();

document.addEventListener("freeze", () => (window.chat.freezes += 1));

window.chat = {
    errors,
    /** How often this page was frozen. */
    freezes: 0,
    send: (text) => client.send(dialog, text),
    /** Send many, one right after the other; how many of them are known to be kept. */
    sendMany(texts) {
        for (const text of texts) void client.send(dialog, text).then(() => (window.chat.kept += 1));
    },
    kept: 0,
    keptTexts,
    /** Send a picture of noise; what was heard of its way, and what went. */
    async sendPicture(width, height) {
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext("2d");
        const pixels = context.createImageData(width, height);
        for (let at = 0; at < pixels.data.length; at += 65536) crypto.getRandomValues(pixels.data.subarray(at, at + 65536));
        for (let at = 3; at < pixels.data.length; at += 4) pixels.data[at] = 255;
        context.putImageData(pixels, 0, 0);
        const blob = await canvas.convertToBlob({ type: "image/png" });
        const progress = [];
        const file = new File([blob], "noise.png", { type: blob.type });
        const attachment = await client.upload(dialog, file, { onProgress: (fraction) => progress.push(fraction) });
        await client.send(dialog, "look", { attachments: [attachment] });
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
        const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
        return { progress, size: blob.size, digest: hex };
    },
    /** The files of the newest message. */
    files: () => client.state.timelines.get(dialog).rows.at(-1).message.attachments,
    links: (id) => client.attachmentLinks(id),
    /** How wide a picture is that the page shows; 0 when it can not. */
    shows: (url) =>
        new Promise((resolve) => {
            const image = new Image();
            image.onload = () => resolve(image.naturalWidth);
            image.onerror = () => resolve(0);
            image.src = url;
        }),
    async view() {
        const { connection, timelines, dialogs, unread } = client.state;
        const { rows, fresh } = timelines.get(dialog);
        const said = rows.filter(({ message }) => message?.message_type === "user");
        return {
            connection,
            fresh,
            texts: said.map(({ message }) => message.content),
            sending: rows.filter(({ sending }) => sending !== undefined).length,
            unread: dialogs.find(({ id }) => id === dialog)?.unread_count ?? null,
            total: unread?.messages ?? null,
            outbox: await outbox(),
        };
    },
};

/** How many messages the browser keeps to be sent. */
async function outbox() {
    return (await kept("outbox/")).length;
}

/** How many messages of users the browser keeps to be shown after a reload. */
async function keptTexts() {
    const pages = await kept(`page/${dialog}`);
    return pages.flatMap(({ rows }) => rows).filter(({ message }) => message?.message_type === "user").length;
}

/** What is kept under names that begin like this. */
async function kept(prefix) {
    const things = [];
    for (const { name } of await indexedDB.databases()) {
        if (!name.startsWith("mtchat/")) continue;
        const database = await done(indexedDB.open(name));
        const store = database.transaction("kept").objectStore("kept");
        things.push(...(await done(store.getAll(IDBKeyRange.bound(prefix, `${prefix}\uffff`)))));
        database.close();
    }
    return things.map((text) => JSON.parse(text));
}

function done(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}
