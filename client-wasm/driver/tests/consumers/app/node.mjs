// In Node: the package is found, has sockets though Node 20 has none, and its core loads.
import assert from "node:assert/strict";
import { createClient } from "@mtchat/client";

const token = "e30.eyJzdWIiOiJhbGljZSJ9.x";
const client = createClient({ url: "http://127.0.0.1:9", getToken: async () => token });
const errors = [];
client.on("error", (error) => errors.push(error));
await client.connect();
const states = new Set([client.state.connection]);
// Nobody listens there: it is tried, and will be tried again.
await new Promise((resolve) => {
    const look = () => {
        states.add(client.state.connection);
        if (states.has("connecting") && states.has("waiting")) resolve();
    };
    client.subscribe(look);
    look();
});
await client.close();
assert.deepEqual(errors, []);
