import { Problem } from "./problem.js";

/**
 * Which MTChat the demo talks to, as the settings say now.
 * @typedef {{ apiUrl: string, adminToken: string, jwtSecret: string, jwtEnabled: boolean }} Connection
 */

/**
 * The credentials of this machine's MTChat are used for its own address only: whoever enters another one enters its credentials too,
 * so that an address typed wrong gets no token that opens ours.
 * @param {import("./config.js").Config["defaults"]} defaults
 * @param {import("./store.js").Settings} settings
 * @returns {Connection}
 */
export function connectionOf(defaults, settings) {
    const apiUrl = settings.apiUrl || defaults.apiUrl;
    const isOwn = apiUrl === defaults.apiUrl;
    return {
        apiUrl,
        adminToken: settings.adminToken || (isOwn ? defaults.adminToken : ""),
        jwtSecret: settings.jwtSecret || (isOwn ? defaults.jwtSecret : ""),
        jwtEnabled: settings.jwtEnabled ?? defaults.jwtEnabled ?? true,
    };
}

/**
 * Settings as a page may see them: of a secret only that it is there, and how it ends.
 * @param {Connection} connection
 * @param {import("./store.js").Settings} settings
 * @param {import("./config.js").Config["defaults"]} defaults
 */
export function shown(connection, settings, defaults) {
    return {
        apiUrl: connection.apiUrl,
        defaultApiUrl: defaults.apiUrl,
        adminToken: masked(connection.adminToken),
        jwtSecret: masked(connection.jwtSecret),
        jwtEnabled: connection.jwtEnabled,
        isOverridden: Object.values(settings).some((value) => value !== undefined && value !== ""),
    };
}

/** @param {string} secret */
export function masked(secret) {
    if (!secret) return "";
    return secret.length < 16 ? "••••••••" : `••••••••${secret.slice(-4)}`;
}

/**
 * @param {unknown} given
 * @param {import("./store.js").Settings} before
 * @returns {import("./store.js").Settings}
 */
export function changed(given, before) {
    const asked = /** @type {Record<string, unknown>} */ (given ?? {});
    const settings = { ...before };
    if (typeof asked.apiUrl === "string") settings.apiUrl = addressOf(asked.apiUrl);
    // Absent or empty: as it was. A page never has it, so it can not send it back.
    if (typeof asked.adminToken === "string" && asked.adminToken) settings.adminToken = asked.adminToken;
    if (typeof asked.jwtSecret === "string" && asked.jwtSecret) settings.jwtSecret = asked.jwtSecret;
    if (typeof asked.jwtEnabled === "boolean") settings.jwtEnabled = asked.jwtEnabled;
    return settings;
}

/** @param {string} text */
function addressOf(text) {
    if (!text.trim()) return undefined;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !["http:", "https:"].includes(url.protocol)) throw new Problem(400, "INVALID_INPUT", "the API's address must begin with http:// or https://");
    return url.href.replace(/\/+$/, "");
}
