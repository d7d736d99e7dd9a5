// What must stay inert, one attempt a line: of `corpus/`, and what the server itself is tested with.
import { readFile } from "node:fs/promises";

const HERE = new URL("../corpus/", import.meta.url);
const SERVERS = new URL("../../../../server/src/content/corpus.txt", import.meta.url);

/** The attempts by kind: `owasp`, `namespaces`, `attributes`, `urls`, `texts`, `server`; and `all` of them. */
export async function corpus() {
    const kinds = ["owasp", "namespaces", "attributes", "urls", "texts"];
    const files = await Promise.all([...kinds.map((kind) => new URL(`${kind}.txt`, HERE)), SERVERS].map((file) => readFile(file, "utf8")));
    const lists = files.map((text) => text.split("\n").filter((line) => line !== "" && !line.startsWith("# ")).map(unescaped));
    const byKind = Object.fromEntries([...kinds, "server"].map((kind, index) => [kind, lists[index]]));
    // Addresses as they are, and as links.
    const links = byKind.urls.flatMap((url) => [`<a href="${url}">link</a>`, `<a href='${url}'>link</a>`, `<a href=${url}>link</a>`]);
    return { ...byKind, links, all: [...new Set([...lists.flat(), ...links])] };
}

function unescaped(line) {
    return line.replace(/\\u\{([\da-f]+)\}/giu, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)));
}
