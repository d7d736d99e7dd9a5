// What a page loads: an application that shows the chat, built by Vite, without Vue itself. Fails when what comes at once is over the limit.
//   npm run size
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

/** Bytes of gzip that a page loads at once, at most. 90 KB are promised; this is what it takes, and only ever goes down. */
const LIMIT = 87 * 1024;
/** Lazy chunks to tell of, by what is in them. */
const PARTS = [
    ["core (WebAssembly)", /wasm-inline/],
    ["core's glue", /generated\/glue|chunks\/glue/],
    ["PDF worker", /pdf\.worker/],
    ["PDF", /pdfjs-dist/],
    ["editor", /@tiptap|prosemirror/],
    ["emoji data", /emojibase-data/],
    ["emoji picker", /EmojiPicker/],
    ["file viewer", /FileViewer/],
];

const root = fileURLToPath(new URL("../", import.meta.url));
const chunks = await buildApplication();
const entry = chunks.find(({ isEntry }) => isEntry);
const atOnce = withStaticImports(entry);

const total = sum(atOnce);
console.log(`at once     ${kilobytes(total)} of ${kilobytes(LIMIT)}`);
for (const [name, bytes] of shares(atOnce)) console.log(`  ~ ${kilobytes(bytes)} ${name}`);
for (const chunk of chunks.filter((one) => !atOnce.has(one))) console.log(`later       ${kilobytes(gzip(chunk.code))} ${partOf(chunk)}`);
if (total > LIMIT) {
    console.error(`over the limit by ${kilobytes(total - LIMIT)}`);
    process.exit(1);
}

async function buildApplication() {
    const application = {
        name: "application",
        resolveId: (id) => (id === "application" ? "\0application" : null),
        load: (id) => (id === "\0application" ? 'import { MTChat } from "@mtchat/vue"; globalThis.chat = MTChat;' : null),
    };
    const rolldownOptions = { input: "application", external: ["vue"] };
    const { output } = await build({
        root,
        configFile: false,
        logLevel: "error",
        plugins: [application],
        build: { write: false, minify: true, rolldownOptions },
    });
    return output.filter(({ type }) => type === "chunk");
}

function withStaticImports(first) {
    const found = new Set();
    const visit = (chunk) => {
        if (chunk === undefined || found.has(chunk)) return;
        found.add(chunk);
        for (const name of chunk.imports) visit(chunks.find(({ fileName }) => fileName === name));
    };
    visit(first);
    return found;
}

/** Gzip has no parts: each package's share of the bytes before, of the whole after. */
function shares(set) {
    const raw = new Map();
    for (const chunk of set) {
        for (const [id, { renderedLength }] of Object.entries(chunk.modules)) raw.set(packageOf(id), (raw.get(packageOf(id)) ?? 0) + renderedLength);
    }
    const all = [...raw.values()].reduce((a, b) => a + b, 0);
    return [...raw].map(([name, bytes]) => [name, (bytes / all) * sum(set)]).filter(([, bytes]) => bytes > 200).sort(([, a], [, b]) => b - a);
}

function packageOf(id) {
    if (id.endsWith(".css_inline.js")) return "our styles";
    if (id.includes("/client-wasm/driver/")) return "@mtchat/client";
    return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? "@mtchat/vue";
}

function partOf(chunk) {
    const ids = [chunk.facadeModuleId ?? "", ...Object.keys(chunk.modules)].join(" ");
    return PARTS.find(([, pattern]) => pattern.test(ids))?.[0] ?? chunk.name;
}

function sum(set) {
    return [...set].reduce((bytes, chunk) => bytes + gzip(chunk.code), 0);
}

function gzip(text) {
    return gzipSync(text, { level: 9 }).length;
}

function kilobytes(bytes) {
    return `${(bytes / 1024).toFixed(1)} KB`.padStart(9);
}
