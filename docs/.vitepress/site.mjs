// What the site is, and where things outside of `docs/` are found.
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder `docs`, and the repository that it stands in. */
export const docs = fileURLToPath(new URL("../", import.meta.url)).replace(/\/$/u, "");
export const repository = dirname(docs);

/** Where readers see the repository; links to files that are no pages go there. */
export const repositoryUrl = process.env.DOCS_REPOSITORY ?? "https://github.com/mtchat/mtchat";
/** The path under which the site is served. */
export const base = process.env.DOCS_BASE ?? "/";

/** Documents outside of `docs` that are pages of the site: their place in the repository, and the page. */
export const adopted = {
    "ARCHITECTURE.md": "reference/architecture.md",
    "CHANGELOG.md": "reference/changelog.md",
    "CONTRIBUTING.md": "reference/contributing.md",
    "client-wasm/driver/README.md": "reference/client.md",
    "deploy/compose/README.md": "reference/compose.md",
    "deploy/helm/mtchat/README.md": "reference/helm.md",
    "deploy/image/README.md": "reference/image.md",
    "nats/README.md": "reference/streams.md",
};

/** Files that the site serves as they are: their place in the repository, and the address. */
export const served = {
    "docs/openapi.json": "/openapi.json",
    "nats/asyncapi.yaml": "/asyncapi.yaml",
};

/** The page that a source file in `docs` becomes. */
export function pageOf(source) {
    if (source === "README.md") return "contents.md";
    return source.replace(/(^|\/)README\.md$/u, "$1index.md");
}

/** The first heading of a document, as plain text. */
export function titleOf(source) {
    const heading = /^# (.+)$/mu.exec(readFileSync(join(docs, source), "utf8"));
    if (heading === null) throw new Error(`${source} has no heading`);
    return heading[1].replace(/[`*]/gu, "").replace(/\[([^\]]+)\]\([^)]*\)/gu, "$1");
}

/** What stands at this place of the repository: a file, a folder, or nothing. */
export function kindOf(place) {
    const path = join(repository, place);
    if (!existsSync(path)) return null;
    return statSync(path).isDirectory() ? "tree" : "blob";
}
