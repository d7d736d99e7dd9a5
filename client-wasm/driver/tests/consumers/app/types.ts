// What an application's compiler sees.
import { ApiError, type Client, type ClientState, createClient, type Row } from "@mtchat/client";

const client: Client = createClient({ url: "https://chat.example", getToken: async () => null, WebSocket, fetch });
const stop: () => void = client.subscribe((diffs, state: ClientState) => {
    for (const diff of diffs) if ("timeline" in diff) show(state.timelines.get(diff.timeline.dialog)?.rows ?? []);
});

export async function rename(dialog: string, message: string): Promise<number | null> {
    try {
        await client.edit(dialog, message, "<b>new</b>");
    } catch (thrown) {
        if (thrown instanceof ApiError && thrown.code === "RATE_LIMIT_EXCEEDED") return thrown.retryAfter;
    }
    stop();
    return null;
}

function show(rows: readonly Row[]): string[] {
    return rows.map((row) => ("message" in row ? row.message.content : "sending" in row ? row.sending.content : "…"));
}
