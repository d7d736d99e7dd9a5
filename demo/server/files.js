import { deflateSync } from "node:zlib";

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
});

/** The temperatures of a trip as a PNG: a chart that a refrigerated trailer might have drawn. */
export function temperatureChart(width = 960, height = 540) {
    const pixels = Buffer.alloc(width * height * 3, 0xff);
    const dot = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number[]} */ [red, green, blue]) => {
        if (x < 0 || y < 0 || x >= width || y >= height) return;
        pixels.set([red, green, blue], (Math.round(y) * width + Math.round(x)) * 3);
    };
    const left = 60;
    const bottom = height - 50;
    const yOf = (/** @type {number} */ degrees) => bottom - ((degrees - 0) / 8) * (bottom - 40);
    // The band that is allowed: 2 to 6 degrees.
    for (let x = left; x < width - 30; x++) for (let y = Math.round(yOf(6)); y < yOf(2); y++) dot(x, y, [232, 245, 238]);
    for (let degrees = 0; degrees <= 8; degrees += 2) for (let x = left; x < width - 30; x++) dot(x, yOf(degrees), [214, 219, 226]);
    for (let x = left; x < width - 30; x += 110) for (let y = 40; y < bottom; y++) dot(x, y, [236, 239, 243]);
    const span = width - 30 - left;
    const degreesAt = (/** @type {number} */ at) => 3.8 + Math.sin(at * 22) * 0.45 + Math.sin(at * 71) * 0.2 + (at > 0.62 && at < 0.7 ? Math.sin((at - 0.62) * 39) * 2.6 : 0);
    for (let step = 0; step < span * 8; step++) {
        const degrees = degreesAt(step / (span * 8));
        const colour = degrees > 6 ? [220, 68, 68] : [37, 99, 190];
        for (let dx = -1; dx <= 1; dx++) for (let dy = -2; dy <= 2; dy++) dot(left + step / 8 + dx, yOf(degrees) + dy, colour);
    }
    for (let x = left - 6; x < width - 30; x++) for (let dy = 0; dy < 2; dy++) dot(x, bottom + dy, [100, 110, 125]);
    for (let y = 40; y < bottom; y++) for (let dx = 0; dx < 2; dx++) dot(left + dx, y, [100, 110, 125]);
    return png(width, height, pixels);
}

/**
 * A page of text as a PDF, in the letters of Latin-1.
 * @param {string} title
 * @param {string[]} lines
 */
export function pdf(title, lines) {
    const escape = (/** @type {string} */ text) => text.replace(/[^\x20-\x7e]/g, "?").replace(/[\\()]/g, "\\$&");
    const text = lines.map((line) => `(${escape(line)}) Tj T*`).join("\n");
    const drawing = [
        "0.16 0.38 0.66 rg 0 790 595 52 re f",
        `BT /F2 20 Tf 1 1 1 rg 48 808 Td (${escape(title)}) Tj ET`,
        `BT /F1 11 Tf 0.15 0.2 0.27 rg 18 TL 48 750 Td\n${text}\nET`,
        "0.8 0.83 0.87 RG 48 120 m 547 120 l S",
        "BT /F1 9 Tf 0.4 0.45 0.5 rg 48 102 Td (Made by the MTChat demonstration. Not a document of law.) Tj ET",
    ].join("\n");
    const objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
        `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
    ];
    let body = "%PDF-1.4\n";
    const places = objects.map((object, index) => {
        const place = body.length;
        body += `${index + 1} 0 obj\n${object}\nendobj\n`;
        return place;
    });
    const table = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
    return Buffer.from(
        `${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`,
        "latin1",
    );
}

/**
 * @param {number} width
 * @param {number} height
 * @param {Buffer} pixels Three bytes each.
 */
function png(width, height, pixels) {
    const rows = Buffer.alloc(height * (width * 3 + 1));
    for (let y = 0; y < height; y++) pixels.copy(rows, y * (width * 3 + 1) + 1, y * width * 3, (y + 1) * width * 3);
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, 2, 0, 0, 0], 8);
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function chunk(type, data) {
    const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const framed = Buffer.alloc(named.length + 8);
    framed.writeUInt32BE(data.length, 0);
    named.copy(framed, 4);
    let crc = 0xffffffff;
    for (const byte of named) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
    framed.writeUInt32BE((crc ^ 0xffffffff) >>> 0, named.length + 4);
    return framed;
}
