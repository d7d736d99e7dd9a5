// In Node: the package is found, has sockets though Node 20 has none, and its core loads.
import assert from "node:assert/strict";
import { createClient } from "@mtchat/client";

const token = "e30.eyJzdWIiOiJhbGljZSJ9.x";
const client = createClient({ url: "http://127.0.0.1:9", getToken: async () => token });
const errors = [];
client.on("error", (error) => errors.push(error));
await client.connect();
const states = new Set([client.state.connection]);
client.subscribe(() => states.add(client.state.connection));
await new Promise((resolve) => setTimeout(resolve, 500));
assert.ok(states.has("connecting") && states.has("waiting"), [...states].join());
await client.close();
assert.deepEqual(errors, []);
