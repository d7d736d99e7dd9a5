// What an application's compiler sees.
import {
    ApiError,
    type AttachmentLinks,
    type Client,
    type ClientState,
    createClient,
    isAllowedFileType,
    type Row,
} from "@mtchat/client";

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

export async function attach(dialog: string, files: readonly File[], signal: AbortSignal): Promise<AttachmentLinks | null> {
    const allowed = files.filter((file) => isAllowedFileType(file.type));
    const attachments = await Promise.all(allowed.map((file) => client.upload(dialog, file, { signal, onProgress: (fraction) => void fraction })));
    await client.send(dialog, "", { attachments });
    const [row] = client.state.timelines.get(dialog)?.rows ?? [];
    const [first] = row !== undefined && "message" in row ? (row.message.attachments ?? []) : [];
    return first === undefined ? null : client.attachmentLinks(first.id);
}

function show(rows: readonly Row[]): string[] {
    return rows.map((row) => ("message" in row ? row.message.content : "sending" in row ? row.sending.content : "…"));
}
