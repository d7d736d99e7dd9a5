/** A new UUID of version 7: its time is now, the rest is random. */
export function newId(now: number = Date.now()): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    for (let place = 0, rest = now; place < 6; place += 1) {
        bytes[5 - place] = rest % 256;
        rest = Math.floor(rest / 256);
    }
    bytes[6] = 0x70 | (bytes[6]! & 0x0f);
    bytes[8] = 0x80 | (bytes[8]! & 0x3f);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** A new one that is later in order than another one, whatever became of the clock since. */
export function newIdAfter(other: string | null): string {
    const before = other === null ? 0 : Number.parseInt(other.replaceAll("-", "").slice(0, 12), 16);
    return newId(Math.max(Date.now(), before + 1));
}
