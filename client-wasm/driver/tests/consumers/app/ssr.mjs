// On a server that renders pages: nothing of a browser, or of the network, is touched by importing the package and making a client.
import assert from "node:assert/strict";

const names = ["document", "navigator", "location", "indexedDB", "localStorage", "BroadcastChannel", "WebSocket", "WebAssembly", "fetch", "addEventListener"];
const touched = [];
for (const name of names) {
    const touch = () => {
        touched.push(name);
        return undefined;
    };
    Object.defineProperty(globalThis, name, { configurable: true, get: touch });
}
for (const entry of ["@mtchat/client", new URL("node_modules/@mtchat/client/dist/index.js", import.meta.url).href]) {
    const { createClient } = await import(entry);
    const touchedAlready = entry === "@mtchat/client" ? ["WebSocket"] : [];
    const client = createClient({ url: "https://chat.example", getToken: async () => null });
    assert.equal(client.state.connection, "idle");
    assert.deepEqual(client.state.dialogs, []);
    // The entry for Node looks whether there are sockets.
    assert.deepEqual(touched.splice(0), touchedAlready, entry);
}
