// A history that has been lived through: messages of all heights, some with pictures.
import { png } from "./files.mjs";

const WORDS = "the truck is at the gate and the papers are with the driver who waits for the seal number of container".split(" ");

/** The text of a message, the same in each run. */
export function text(number) {
    const chance = (number * 7_919) % 101;
    const words = (count) => Array.from({ length: count }, (_, at) => WORDS[(number + at * 7) % WORDS.length]).join(" ");
    if (chance % 17 === 0) return `<p>${number}</p><ul>${"<li>of the list</li>".repeat(1 + (chance % 6))}</ul>`;
    if (chance % 19 === 0) return `<p>${number}</p><pre><code>line of code\n${"another one\n".repeat(chance % 8)}</code></pre>`;
    if (chance % 23 === 0) return `<p>${number}</p><blockquote><p>${words(30)}</p></blockquote><p>${words(4)}</p>`;
    return `<p>${number} ${words(1 + ((chance * chance) % 60))}</p>`;
}

/** Fill a dialog with so many messages, by turns of these people; every `pictures`-th has a picture. The messages come back, oldest first. */
export async function fill(dialog, people, count, { pictures = 0 } = {}) {
    const messages = [];
    for (let number = 1; number <= count; number += 1) {
        // Some say several things after each other.
        const person = people[Math.floor(number / 3) % people.length];
        const hasPicture = pictures > 0 && number % pictures === 0;
        const attachments = hasPicture ? [await upload(dialog, person, number)] : [];
        messages.push(await person.says(dialog, text(number), { attachments }));
    }
    return messages;
}

async function upload(dialog, person, number) {
    const { name, mimeType, buffer } = png(`picture-${number}.png`, 200 + ((number * 37) % 500), 120 + ((number * 53) % 700), [(number * 71) % 256, 110, 180]);
    const file = { filename: name, content_type: mimeType, size: buffer.length };
    const { upload_url, s3_key } = await person.call("POST", "/upload/presign", { dialog_id: dialog, ...file });
    const answer = await fetch(upload_url, { method: "PUT", headers: { "Content-Type": mimeType }, body: buffer });
    if (!answer.ok) throw new Error(`the picture was not taken: ${answer.status}`);
    return { s3_key, ...file };
}
