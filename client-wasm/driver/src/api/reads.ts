import type { DialogItemView, MessageView, ParticipantSummary } from "../generated/core.js";
import { type Http, path } from "./http.js";
import type { Answered, DialogQuery, DialogsPage, MessagesPage, MessagesQuery, ObjectQuery, ParticipantView } from "./types.js";

/**
 * What is read of the server once, where {@link Client.state} does not have it: what comes back is as old as the answer, and nothing
 * keeps it up to date.
 */
export abstract class Reads {
    /** @internal */
    protected abstract readonly http: Http;

    /** A page of the dialogs that one is in, or of those that one may join, that fit. */
    async dialogs(query: DialogQuery = {}): Promise<DialogsPage> {
        const { objectType: object_type, ...rest } = query;
        const { data, next } = await this.http.answer<DialogItemView[]>("GET", `/dialogs${queryOf({ ...rest, object_type })}`);
        return next === null ? { dialogs: data } : { dialogs: data, next_cursor: next };
    }

    /** A dialog that one is in or may join. */
    dialog(dialog: string): Promise<DialogItemView> {
        return this.http.ask("GET", path`/dialogs/${dialog}`);
    }

    /** The newest dialog of a business object that one is in or may join; `null`: there is none. */
    dialogOfObject(type: string, id: string): Promise<DialogItemView | null> {
        return this.http.ask("GET", path`/dialogs/by-object/${type}/${id}`);
    }

    /** The dialogs of a business object that one is in or may join, newest first, at most 1 000. */
    dialogsOfObject(type: string, id: string, query: ObjectQuery = {}): Promise<DialogItemView[]> {
        return this.http.ask("GET", path`/dialogs/by-object/${type}/${id}/list` + queryOf({ ...query }));
    }

    /** Who is in a dialog, by join time. */
    async participants(dialog: string): Promise<ParticipantView[]> {
        const answered = await this.http.ask<Answered<ParticipantView>[]>("GET", path`/dialogs/${dialog}/participants`);
        // What goes without saying is not said on the wire.
        return answered.map((one) => ({ ...one, role: one.role ?? "member", last_seen: one.last_seen ?? null }));
    }

    /** Those who were in a dialog and are not any more, so that their messages have a name: at most 1,000, who left last first. */
    formerParticipants(dialog: string): Promise<ParticipantSummary[]> {
        return this.http.ask("GET", path`/dialogs/${dialog}/participants/former`);
    }

    /** A message, whether it is loaded or not. One that was deleted is an {@link ApiError} `MESSAGE_NOT_FOUND`. */
    message(dialog: string, message: string): Promise<MessageView> {
        return this.http.ask("GET", path`/dialogs/${dialog}/messages/${message}`);
    }

    /** A page of messages, oldest first: the newest, or those before, after or around one. */
    messages(dialog: string, query: MessagesQuery = {}): Promise<MessagesPage> {
        return this.http.ask("GET", path`/dialogs/${dialog}/messages` + queryOf({ ...query }));
    }
}

/** A query of what is said, or nothing. */
function queryOf(said: Record<string, string | number | boolean | undefined>): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(said)) if (value !== undefined) query.set(name, String(value));
    const text = query.toString();
    return text === "" ? "" : `?${text}`;
}
