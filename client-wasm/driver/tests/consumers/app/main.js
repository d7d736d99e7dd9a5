// As little as an application can do: it has a core as soon as `connect` says so. There is no server for it.
import { createClient, ApiError } from "@mtchat/client";

const token = "e30.eyJzdWIiOiJhbGljZSJ9.x";
const client = createClient({ url: location.origin, getToken: async () => token });
client.on("error", ({ code, message }) => (window.failed = { code, message }));
client.connect().then(
    () => (document.title = `ready ${client.state.connection} ${typeof ApiError}`),
    ({ code }) => (document.title = `failed ${code}`),
);
