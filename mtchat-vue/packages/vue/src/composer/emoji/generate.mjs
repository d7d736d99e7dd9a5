// Makes the emoji picker's data out of `emojibase-data` (MIT; names from Unicode CLDR): `node generate.mjs` in this folder.
//
// `base.json`: groups with their emoji, separated by spaces; `*` after one that takes skin tones by a modifier after its first
// code point. `labels.<language>.json`: for each group one line for each emoji: «name|word word». The original is ten times as large.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const read = (name) => JSON.parse(readFileSync(require.resolve(`emojibase-data/${name}`), "utf8"));

// Newer ones are empty boxes on systems of a few years ago.
const NEWEST_VERSION = 15;
const GROUPS = { smileys: 0, people: 1, nature: 3, food: 4, travel: 5, activities: 6, objects: 7, symbols: 8, flags: 9 };

const inGroup = (group) =>
    read("en/data.json")
        .filter((emoji) => emoji.group === group && emoji.version <= NEWEST_VERSION)
        .sort((one, other) => one.order - other.order);

function takesTones(emoji) {
    const light = emoji.skins?.find((skin) => skin.tone === 1);
    if (!light) return false;
    const [first, ...rest] = [...emoji.emoji.replace(/\uFE0F$/, "")];
    const simple = [first, "\u{1F3FB}", ...(rest[0] === "\uFE0F" ? rest.slice(1) : rest)].join("");
    return simple === light.emoji;
}

const groups = Object.entries(GROUPS).map(([key, group]) => ({ key, emoji: inGroup(group) }));
const base = groups.map(({ key, emoji }) => ({
    key,
    emoji: emoji.map((each) => each.emoji + (takesTones(each) ? "*" : "")).join(" "),
}));
writeFileSync(new URL("base.json", import.meta.url), JSON.stringify(base, null, 1) + "\n");

for (const language of ["en", "ru", "zh"]) {
    const known = new Map(read(`${language}/compact.json`).map((emoji) => [emoji.hexcode, emoji]));
    const lines = groups.map(({ emoji }) =>
        emoji
            .map(({ hexcode, label }) => {
                const { label: name = label, tags = [] } = known.get(hexcode) ?? {};
                const words = tags.filter((tag) => !name.includes(tag)).slice(0, 6);
                return words.length ? `${name}|${words.join(" ")}` : name;
            })
            .join("\n"),
    );
    writeFileSync(new URL(`labels.${language}.json`, import.meta.url), JSON.stringify(lines, null, 1) + "\n");
}
