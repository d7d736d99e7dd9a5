/** Colours behind initials: white on each of them has a contrast of at least 4.5, whatever the theme. */
export const AVATAR_COLOURS: readonly string[] = [
    "#4f63c4",
    "#2f6fb3",
    "#1f7a8c",
    "#22795a",
    "#4d7a2a",
    "#8a6a14",
    "#a85a1c",
    "#b54a3c",
    "#b34474",
    "#8f4fae",
    "#6d5bb8",
    "#5b6b80",
];

/** One or two letters for a name: of the first and the last word, or the first two letters where that is how names are written. */
export function initials(name: string): string {
    const words = name.match(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu) ?? [];
    const first = words[0];
    if (first === undefined) return "?";
    if (/\p{Script=Han}/u.test(first)) return givenName(first);
    const last = words.length > 1 ? words[words.length - 1]! : "";
    return (letter(first) + letter(last)).toLocaleUpperCase();
}

/** The same colour for the same id, in every browser. */
export function avatarColour(id: string): string {
    let hash = 0x811c9dc5;
    for (const unit of id) hash = Math.imul(hash ^ unit.codePointAt(0)!, 0x01000193) >>> 0;
    return AVATAR_COLOURS[((hash ^ (hash >>> 13)) >>> 0) % AVATAR_COLOURS.length]!;
}

/** Chinese names are told apart by their end: the family name comes first and is shared by many. */
function givenName(name: string): string {
    return [...name].slice(-2).join("");
}

function letter(word: string): string {
    return [...word][0] ?? "";
}
