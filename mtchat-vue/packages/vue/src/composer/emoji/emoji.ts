import base from "./base.json";

/** Fitzpatrick modifiers by number; 0: none. */
export type Tone = 0 | 1 | 2 | 3 | 4 | 5;

export type GroupKey = "smileys" | "people" | "nature" | "food" | "travel" | "activities" | "objects" | "symbols" | "flags";

export interface Emoji {
    readonly emoji: string;
    /** Whether skin tones make a difference. */
    readonly takesTone: boolean;
    /** In the user's language, as all that it is found by. */
    readonly name: string;
    readonly words: string;
}

export interface EmojiGroup {
    readonly key: GroupKey;
    readonly emoji: readonly Emoji[];
}

/** All emoji with their names in a language, English where there is none. */
export async function loadEmoji(locale: string): Promise<readonly EmojiGroup[]> {
    const labels = await labelsOf(locale);
    return base.map(({ key, emoji }, group) => {
        const lines = labels[group]?.split("\n") ?? [];
        return { key: key as GroupKey, emoji: emoji.split(" ").map((packed, index) => unpacked(packed, lines[index] ?? "")) };
    });
}

/** Those whose names have all words of the query, by names that begin with it first. */
export function searchEmoji(groups: readonly EmojiGroup[], query: string, limit = 96): readonly Emoji[] {
    const words = query.toLowerCase().split(/\s+/u).filter(Boolean);
    if (words.length === 0) return [];
    const all = groups.flatMap(({ emoji }) => emoji).filter((one) => one.emoji === query.trim() || words.every((word) => one.words.includes(word)));
    const rank = ({ name }: Emoji) => (name.toLowerCase().startsWith(words[0]!) ? 0 : 1);
    return all.sort((one, other) => rank(one) - rank(other)).slice(0, limit);
}

/** The emoji in a skin tone. */
export function withTone({ emoji, takesTone }: Pick<Emoji, "emoji" | "takesTone">, tone: Tone): string {
    if (tone === 0 || !takesTone) return emoji;
    const [first = "", ...rest] = [...emoji.replace(/\uFE0F$/u, "")];
    const after = rest[0] === "\uFE0F" ? rest.slice(1) : rest;
    return [first, String.fromCodePoint(0x1f3fa + tone), ...after].join("");
}

function unpacked(packed: string, label: string): Emoji {
    const takesTone = packed.endsWith("*");
    const [name = "", tags = ""] = label.split("|");
    return { emoji: takesTone ? packed.slice(0, -1) : packed, takesTone, name, words: `${name} ${tags}`.toLowerCase() };
}

/** Each language in a chunk of its own. */
async function labelsOf(locale: string): Promise<readonly string[]> {
    const language = locale.split("-")[0];
    if (language === "ru") return (await import("./labels.ru.json")).default;
    if (language === "zh") return (await import("./labels.zh.json")).default;
    return (await import("./labels.en.json")).default;
}
