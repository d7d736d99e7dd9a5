// Files as people have them, and the ways in which they come into a message.
import { readFile } from "node:fs/promises";
import { crc32, deflateSync } from "node:zlib";

/** A PNG of one colour that is really one. */
export function png(name, width = 64, height = 48, [red, green, blue] = [40, 110, 180]) {
    const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([red, green, blue]))]);
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, 2, 0, 0, 0], 8);
    const pixels = deflateSync(Buffer.concat(Array(height).fill(row)));
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const buffer = Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
    return { name, mimeType: "image/png", buffer };
}

function chunk(type, data) {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body) >>> 0);
    return Buffer.concat([length, body, sum]);
}

export async function pdf(name) {
    return { name, mimeType: "application/pdf", buffer: await readFile(new URL("../../../playground/public/samples/bill-of-lading.pdf", import.meta.url)) };
}

/** By the button that opens the system's choice of files. */
export async function choose(chat, ...files) {
    const [chooser] = await Promise.all([chat.page.waitForEvent("filechooser"), chat.button("Attach files").click()]);
    await chooser.setFiles(files);
}

/** Out of the clipboard into the field. */
export async function paste(chat, ...files) {
    const field = await chat.editor();
    const clipboardData = await transfer(chat.page, files);
    await field.evaluate((element, data) => element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })), clipboardData);
}

/** Dragged over the messages; what comes back lets them go there. */
export async function drag(chat, ...files) {
    const dataTransfer = await transfer(chat.page, files);
    for (const type of ["dragenter", "dragover"]) await chat.timeline.dispatchEvent(type, { dataTransfer });
    return () => chat.timeline.dispatchEvent("drop", { dataTransfer });
}

function transfer(page, files) {
    const plain = files.map(({ name, mimeType, buffer }) => ({ name, type: mimeType, bytes: buffer.toString("base64") }));
    return page.evaluateHandle((files) => {
        const data = new DataTransfer();
        for (const { name, type, bytes } of files) {
            data.items.add(new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], name, { type }));
        }
        return data;
    }, plain);
}

/** Wait until these are uploaded and may be sent. */
export async function areUploaded(chat, ...names) {
    const tray = chat.page.getByRole("list", { name: "Attached files" });
    for (const name of names) {
        const file = tray.getByRole("listitem").filter({ hasText: name });
        await file.filter({ hasText: /\d\s(B|kB|MB)/ }).waitFor();
    }
}

/** Wait until a picture in a message can really be seen. */
export async function isPictured(chat, name) {
    const button = chat.timeline.getByRole("button", { name: new RegExp(`^Open ${name.replaceAll(".", "\\.")}`) }).last();
    await button.scrollIntoViewIfNeeded();
    const image = button.locator("img");
    await chat.stage.until(`${chat.person.id} to see ${name}`, () => image.evaluate((image) => image.complete && image.naturalWidth > 0).catch(() => false));
}
