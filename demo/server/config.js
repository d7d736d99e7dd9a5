import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * Where everything is. Read once, at the start.
 * @typedef {object} Config
 * @property {string} host Where the demo listens.
 * @property {number} port
 * @property {string} dataDir The demo's own files are here; MTChat's credentials usually too.
 * @property {string} webDir The built pages.
 * @property {string | undefined} publicUrl Where MTChat reaches the demo for its webhooks, if not at its own address.
 * @property {{ apiUrl: string, adminToken: string, jwtSecret: string, jwtEnabled?: boolean }} defaults
 */

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Config}
 */
export function readConfig(env) {
    const root = resolve(import.meta.dirname, "../..");
    const dataDir = resolve(env.DEMO_DATA ?? env.DATA ?? join(root, ".data"));
    const kept = credentialsOf(env.MTCHAT_CREDENTIALS ?? join(dataDir, "credentials.json"));
    return {
        host: env.DEMO_HOST ?? "127.0.0.1",
        port: portOf(env.DEMO_PORT),
        dataDir,
        webDir: resolve(import.meta.dirname, "../dist"),
        publicUrl: env.DEMO_WEBHOOK_URL,
        defaults: {
            apiUrl: (env.MTCHAT_URL ?? kept.url ?? "http://127.0.0.1:8080").replace(/\/+$/, ""),
            adminToken: env.ADMIN_API_TOKEN ?? kept.admin_api_token ?? "",
            jwtSecret: env.JWT_SECRET ?? kept.jwt_secret ?? "",
            jwtEnabled: kept.jwt_enabled ?? true,
        },
    };
}

/** @param {string | undefined} text */
function portOf(text) {
    const port = Number(text ?? 8090);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`DEMO_PORT is no port: ${text}`);
    return port;
}

/**
 * What `mtchat up` keeps; nothing when it has never run there.
 * @param {string} path
 * @returns {{ url?: string, admin_api_token?: string, jwt_secret?: string, jwt_enabled?: boolean }}
 */
function credentialsOf(path) {
    try {
        return JSON.parse(readFileSync(path, "utf8"));
    } catch (failure) {
        if (/** @type {NodeJS.ErrnoException} */ (failure).code === "ENOENT") return {};
        throw new Error(`${path} can not be read: ${/** @type {Error} */ (failure).message}`);
    }
}
