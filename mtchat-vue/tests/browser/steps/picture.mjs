// Pictures, made here.
import { crc32, deflateSync } from "node:zlib";

/** A PNG of this size, in a colour of its own. */
export function picture(width, height, colour = 0) {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    // Eight bits for each of red, green and blue.
    header.set([8, 2, 0, 0, 0], 8);
    const line = Buffer.alloc(1 + width * 3);
    for (let at = 1; at < line.length; at += 3) line.set([(colour * 71) % 256, (colour * 37) % 256, 160], at);
    const lines = Buffer.concat(Array.from({ length: height }, () => line));
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(lines)), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(name, data) {
    const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body) >>> 0);
    return Buffer.concat([length, body, sum]);
}
