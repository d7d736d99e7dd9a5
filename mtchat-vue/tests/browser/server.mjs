// The host's web server: the built playground, and a place where its pages get their tokens.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";

const TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
};

/**
 * Serve this folder; `POST /token/USER` answers what `tokenOf(user)` gives, as text. Each server is an origin of its own. What comes back
 * has the address and ends it.
 */
export async function serve(folder, tokenOf) {
    const server = createServer(async (request, response) => {
        const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
        if (request.method === "POST" && path.startsWith("/token/")) return void tokens(path.slice(7), response);
        if (path === "/favicon.ico") return void response.writeHead(204).end();
        const body = path.includes("..") ? null : await readFile(new URL(`.${path}`, folder)).catch(() => null);
        response.writeHead(body === null ? 404 : 200, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" });
        response.end(body ?? undefined);
    });
    const tokens = async (user, response) => {
        const token = await Promise.resolve(tokenOf(user)).catch(() => null);
        response.writeHead(token === null ? 403 : 200, { "Content-Type": "text/plain" });
        response.end(token ?? undefined);
    };
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = () => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
    };
    return { origin: `http://127.0.0.1:${server.address().port}`, close };
}
