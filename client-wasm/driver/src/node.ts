import { WebSocket as NodeWebSocket } from "ws";
import { createClient as create, type Client } from "./client.js";
import type { ClientOptions, WebSocketClass } from "./options.js";

export * from "./exports.js";

/** The same as in a browser. Where the system has no sockets, those of the package `ws` are taken. */
export function createClient(options: ClientOptions): Client {
    const own: unknown = globalThis.WebSocket ?? NodeWebSocket;
    return create({ WebSocket: own as WebSocketClass, ...options });
}
