// A bot that answers whatever is said in a dialog while it runs.
//   MTCHAT_URL=http://127.0.0.1:8080 MTCHAT_DIALOG=<id> MTCHAT_TOKEN=$(mtchat token --data .data --user bot) node bot.mjs
import { createClient } from "@mtchat/client";

const { MTCHAT_URL: url, MTCHAT_DIALOG: dialog, MTCHAT_TOKEN: token } = process.env;
const me = JSON.parse(Buffer.from(token.split(".")[1], "base64url")).sub;

const client = createClient({ url, getToken: async () => token });
client.on("error", (error) => console.error(error.message));
await client.connect();
client.open(dialog);

let ready = false;
const seen = new Set();
client.subscribe((_, { timelines, connection }) => {
    const { rows, fresh } = timelines.get(dialog);
    for (const { message } of rows) {
        if (message === undefined || seen.has(message.id)) continue;
        seen.add(message.id);
        // What was said before the bot came is not for it.
        if (!ready || message.message_type !== "user" || message.sender_id === me) continue;
        client.send(dialog, `You said: ${message.content}`, { replyTo: message.id });
    }
    if (fresh && !ready) {
        ready = true;
        console.log(connection, "and listening");
    }
});
