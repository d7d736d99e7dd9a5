// A small server of files for the pages of consumers.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
};

/** Serve a folder with these headers. What comes back has the address and ends it. */
export async function serve(folder, headers = {}) {
    const server = createServer(async (request, response) => {
        const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
        const name = path.endsWith("/") ? `${path}index.html` : path;
        const body = await readFile(join(folder, name)).catch(() => null);
        response.writeHead(body === null ? 404 : 200, { ...headers, "Content-Type": TYPES[extname(name)] ?? "application/octet-stream" });
        response.end(body ?? undefined);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = () => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
    };
    return { origin: `http://127.0.0.1:${server.address().port}`, close };
}
