import type { ScopeConfig } from "../chat/config.js";
import { encodeScopes } from "../chat/scopes.js";
import { putFile } from "./put-file.js";
import { path, Requests, type TokenSource } from "./requests.js";
import type {
    AttachmentLinks,
    DialogListItem,
    DialogListType,
    DialogParticipant,
    JoinProfile,
    Message,
    MessagesPage,
    ObjectDialogsQuery,
    PaginationOptions,
    PresignUploadResponse,
    SendMessageOptions,
} from "./types.js";

/** What else may be said of an {@link MTChatApi}. */
export interface MTChatApiOptions {
    fetch?: typeof fetch;
}

/** The server's HTTP API for one user. Failures are an `Error` with the server's message, a `code` and a `status`. */
export class MTChatApi {
    private readonly requests: Requests;

    constructor(
        baseUrl: string,
        userId: string,
        scopeConfig?: ScopeConfig | (() => ScopeConfig | undefined),
        token?: TokenSource,
        options: MTChatApiOptions = {},
    ) {
        const scopes = () => encodedScopes(typeof scopeConfig === "function" ? scopeConfig() : scopeConfig);
        this.requests = new Requests({ baseUrl, userId, scopes, token, ...options });
    }

    healthCheck(): Promise<{ status: string; version?: string }> {
        return this.requests.ask("GET", "/health");
    }

    getDialogs(type: DialogListType = "participating", search?: string, signal?: AbortSignal): Promise<DialogListItem[]> {
        return this.listed({ type, search }, signal);
    }

    /** One's own; without `archived` those that are archived too. */
    getParticipatingDialogs(search?: string, archived?: boolean, signal?: AbortSignal): Promise<DialogListItem[]> {
        return this.listed({ type: "participating", search, archived }, signal);
    }

    getAvailableDialogs(search?: string, signal?: AbortSignal): Promise<DialogListItem[]> {
        return this.listed({ type: "available", search }, signal);
    }

    getDialog(id: string, signal?: AbortSignal): Promise<DialogListItem> {
        return this.requests.ask("GET", path`/api/v1/dialogs/${id}`, { signal });
    }

    /** The newest one that the user may see; `null`: there is none. */
    getDialogByObject(objectType: string, objectId: string, signal?: AbortSignal): Promise<DialogListItem | null> {
        return this.requests.ask("GET", path`/api/v1/dialogs/by-object/${objectType}/${objectId}`, { signal });
    }

    getDialogsByObject(wanted: ObjectDialogsQuery, signal?: AbortSignal): Promise<DialogListItem[]> {
        const { objectType, objectId, search, archived, type } = wanted;
        const where = path`/api/v1/dialogs/by-object/${objectType}/${objectId}/list`;
        return this.requests.ask("GET", where, { query: { type, archived, search }, signal });
    }

    joinDialog(id: string, profile: JoinProfile): Promise<void> {
        return this.told("POST", path`/api/v1/dialogs/${id}/join`, profile);
    }

    leaveDialog(id: string): Promise<void> {
        return this.told("POST", path`/api/v1/dialogs/${id}/leave`);
    }

    archiveDialog(id: string): Promise<void> {
        return this.told("POST", path`/api/v1/dialogs/${id}/archive`);
    }

    unarchiveDialog(id: string): Promise<void> {
        return this.told("POST", path`/api/v1/dialogs/${id}/unarchive`);
    }

    pinDialog(id: string): Promise<void> {
        return this.told("POST", path`/api/v1/dialogs/${id}/pin`);
    }

    unpinDialog(id: string): Promise<void> {
        return this.told("POST", path`/api/v1/dialogs/${id}/unpin`);
    }

    setDialogNotifications(id: string, enabled: boolean): Promise<void> {
        return this.told("POST", path`/api/v1/dialogs/${id}/notifications`, { enabled });
    }

    getParticipants(id: string, signal?: AbortSignal): Promise<DialogParticipant[]> {
        return this.requests.ask("GET", path`/api/v1/dialogs/${id}/participants`, { signal });
    }

    getMessages(id: string, options: PaginationOptions = {}, signal?: AbortSignal): Promise<MessagesPage> {
        const { limit, before, after, around } = options;
        return this.requests.ask("GET", path`/api/v1/dialogs/${id}/messages`, { query: { limit, before, after, around }, signal });
    }

    markAsRead(id: string, messageId: string): Promise<void> {
        return this.told("POST", path`/api/v1/dialogs/${id}/read`, { last_read_message_id: messageId });
    }

    getMessage(id: string, messageId: string, signal?: AbortSignal): Promise<Message> {
        return this.requests.ask("GET", path`/api/v1/dialogs/${id}/messages/${messageId}`, { signal });
    }

    sendMessage(id: string, content: string, options: SendMessageOptions = {}): Promise<Message> {
        const { replyTo, attachments, id: messageId } = options;
        const body = {
            content,
            ...(replyTo ? { reply_to: replyTo } : {}),
            ...(attachments && attachments.length > 0 ? { attachments } : {}),
            ...(messageId ? { id: messageId } : {}),
        };
        return this.requests.ask("POST", path`/api/v1/dialogs/${id}/messages`, { body });
    }

    editMessage(id: string, messageId: string, content: string): Promise<Message> {
        return this.requests.ask("PUT", path`/api/v1/dialogs/${id}/messages/${messageId}`, { body: { content } });
    }

    deleteMessage(id: string, messageId: string): Promise<void> {
        return this.told("DELETE", path`/api/v1/dialogs/${id}/messages/${messageId}`);
    }

    /** Where to upload a file to; valid for some minutes. */
    getPresignedUploadUrl(dialogId: string, filename: string, contentType: string, size: number): Promise<PresignUploadResponse> {
        const body = { dialog_id: dialogId, filename, content_type: contentType, size };
        return this.requests.ask("POST", "/api/v1/upload/presign", { body });
    }

    getAttachmentUrl(id: string, signal?: AbortSignal): Promise<AttachmentLinks> {
        return this.requests.ask("GET", path`/api/v1/attachments/${id}/url`, { signal });
    }

    /** Put a file where `getPresignedUploadUrl` said; `onProgress` hears 0–100. */
    uploadFile(url: string, file: Blob, onProgress?: (percent: number) => void, signal?: AbortSignal): Promise<void> {
        return putFile(url, file, { onProgress, signal });
    }

    private listed(query: Record<string, string | boolean | undefined>, signal?: AbortSignal): Promise<DialogListItem[]> {
        return this.requests.ask("GET", "/api/v1/dialogs", { query, signal });
    }

    private async told(method: string, where: string, body?: unknown): Promise<void> {
        await this.requests.ask(method, where, { body });
    }
}

function encodedScopes(scopes: ScopeConfig | undefined): string | null {
    return scopes === undefined ? null : encodeScopes(scopes);
}
