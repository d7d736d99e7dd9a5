// A small server of files for pages of tests.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";

const TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".wasm": "application/wasm",
};

/**
 * Serve folders by the beginning of their paths, `{ "/client/": new URL("../dist/", import.meta.url) }`, each answer with these
 * headers. What comes back has the address and ends it.
 */
export async function serve(folders, headers = {}) {
    const server = createServer(async (request, response) => {
        const found = await find(folders, new URL(request.url, "http://x").pathname);
        response.writeHead(found === null ? 404 : 200, { ...headers, ...(found && { "Content-Type": found.type }) });
        response.end(found?.body);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = () => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
    };
    return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

/** The file that a path means, and its type; `null`: there is none. */
export async function find(folders, path) {
    for (const [beginning, folder] of Object.entries(folders)) {
        if (!path.startsWith(beginning) || path.includes("..")) continue;
        const name = path.slice(beginning.length) || "index.html";
        const body = await readFile(new URL(name, folder)).catch(() => null);
        if (body !== null) return { body, type: TYPES[extname(name)] ?? "application/octet-stream" };
    }
    return null;
}
