// Pictures as PNG with a palette: those of a chat have few colours, and are a third as large then.
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;

/** The same picture in at most 256 colours. What comes in is a PNG of 8 bits a channel, as a browser makes it. */
export function quantised(png) {
    const { width, height, channels, pixels } = decode(png);
    const counts = new Map();
    for (let at = 0; at < pixels.length; at += channels) {
        const colour = (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
        counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    const { palette, indexOf } = paletteOf(counts);
    const rows = Buffer.alloc((width + 1) * height);
    for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
            const at = (y * width + x) * channels;
            rows[y * (width + 1) + 1 + x] = indexOf.get((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2]);
        }
    }
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, 3, 0, 0, 0], 8);
    const body = [chunk("IHDR", header), chunk("PLTE", Buffer.from(palette.flat())), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))];
    return Buffer.concat([SIGNATURE, ...body]);
}

/** Median cut: the box whose colours differ most, weighed by how often they are used, is split until there are enough. */
function paletteOf(counts) {
    const colours = [...counts].map(([colour, count]) => ({ colour, count, rgb: [colour >> 16, (colour >> 8) & 255, colour & 255] }));
    const boxes = [boxOf(colours)];
    while (boxes.length < COLOURS) {
        const widest = boxes.reduce((best, box) => (box.weight > best.weight ? box : best));
        if (widest.weight === 0) break;
        const { channel, entries } = widest;
        entries.sort((a, b) => a.rgb[channel] - b.rgb[channel]);
        const cut = Math.max(1, Math.min(entries.length - 1, medianOf(entries)));
        boxes.splice(boxes.indexOf(widest), 1, boxOf(entries.slice(0, cut)), boxOf(entries.slice(cut)));
    }
    const indexOf = new Map();
    const palette = boxes.map(({ entries }, index) => {
        for (const { colour } of entries) indexOf.set(colour, index);
        return shownFor(entries);
    });
    return { palette, indexOf };
}

/** Surfaces stay exactly as they are; only edges of letters, of which there are many, are a shade off. */
function shownFor(entries) {
    const count = entries.reduce((sum, entry) => sum + entry.count, 0);
    const most = entries.reduce((best, entry) => (entry.count > best.count ? entry : best));
    if (most.count > count * 0.6) return most.rgb;
    return [0, 1, 2].map((channel) => Math.round(entries.reduce((sum, entry) => sum + entry.rgb[channel] * entry.count, 0) / count));
}

function boxOf(entries) {
    const spans = [0, 1, 2].map((channel) => {
        const values = entries.map(({ rgb }) => rgb[channel]);
        return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
    });
    const span = Math.max(...spans);
    const count = entries.reduce((sum, entry) => sum + entry.count, 0);
    return { entries, channel: spans.indexOf(span), weight: entries.length < 2 ? 0 : span ** 1.5 * Math.sqrt(count) };
}

function medianOf(entries) {
    const half = entries.reduce((sum, { count }) => sum + Math.sqrt(count), 0) / 2;
    let sum = 0;
    return entries.findIndex(({ count }) => (sum += Math.sqrt(count)) >= half);
}

function decode(png) {
    const parts = [];
    let [width, height, channels] = [0, 0, 0];
    for (let at = SIGNATURE.length; at < png.length; ) {
        const length = png.readUInt32BE(at);
        const type = png.toString("latin1", at + 4, at + 8);
        const data = png.subarray(at + 8, at + 8 + length);
        if (type === "IHDR") [width, height, channels] = [data.readUInt32BE(0), data.readUInt32BE(4), data[9] === 6 ? 4 : 3];
        if (type === "IDAT") parts.push(data);
        at += length + 12;
    }
    return { width, height, channels, pixels: unfiltered(inflateSync(Buffer.concat(parts)), width * channels, height, channels) };
}

/** Each row says how it was filtered: by its left, its upper neighbour, both, or the nearest of three. */
function unfiltered(rows, stride, height, channels) {
    const pixels = Buffer.alloc(stride * height);
    for (let y = 0; y < height; y += 1) {
        const filter = rows[y * (stride + 1)];
        for (let x = 0; x < stride; x += 1) {
            const left = x < channels ? 0 : pixels[y * stride + x - channels];
            const up = y === 0 ? 0 : pixels[(y - 1) * stride + x];
            const corner = x < channels || y === 0 ? 0 : pixels[(y - 1) * stride + x - channels];
            const guess = [0, left, up, (left + up) >> 1, nearest(left, up, corner)][filter];
            pixels[y * stride + x] = rows[y * (stride + 1) + 1 + x] + guess;
        }
    }
    return pixels;
}

function nearest(left, up, corner) {
    const guess = left + up - corner;
    const [byLeft, byUp, byCorner] = [left, up, corner].map((value) => Math.abs(guess - value));
    if (byLeft <= byUp && byLeft <= byCorner) return left;
    return byUp <= byCorner ? up : corner;
}

function chunk(type, data) {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body) >>> 0);
    return Buffer.concat([length, body, sum]);
}
