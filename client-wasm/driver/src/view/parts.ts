import type { Diff, DialogItemView, ParticipantRow } from "../generated/core.js";
import { Part } from "./part.js";
import type { ClientState, Connection } from "./state.js";

/** Everything that is shown but timelines. */
export class Parts {
    connection: Connection = "idle";
    unread: ClientState["unread"] = null;
    moreDialogs = false;
    readonly dialogs = new Part<DialogItemView>();
    readonly available = new Part<DialogItemView>();
    readonly participants = new Part<readonly ParticipantRow[]>();
    readonly typing = new Part<readonly string[]>();
    readonly presence = new Part<boolean>();
    readonly drafts = new Part<string>();

    /** Take what the core says, if it is about one of these. */
    take(diff: Diff): void {
        if ("connection" in diff) this.connection = diff.connection;
        else if ("unread" in diff) this.unread = diff.unread;
        else if ("more_dialogs" in diff) this.moreDialogs = diff.more_dialogs;
        else if ("dialog" in diff) this.dialogs.set(diff.dialog.id, diff.dialog);
        else if ("dialog_gone" in diff) this.dialogs.delete(diff.dialog_gone);
        else if ("available" in diff) this.available.set(diff.available.id, diff.available);
        else if ("available_gone" in diff) this.available.delete(diff.available_gone);
        else if ("participants" in diff) this.participants.set(diff.participants.dialog, diff.participants.participants);
        else if ("participant" in diff) this.takeParticipant(diff.participant.dialog, diff.participant.participant);
        else if ("typing" in diff) setUnless(this.typing, diff.typing.dialog, diff.typing.users, diff.typing.users.length === 0);
        else if ("presence" in diff) this.presence.set(diff.presence.user, diff.presence.online);
        else if ("draft" in diff) setUnless(this.drafts, diff.draft.dialog, diff.draft.content, diff.draft.content === "");
    }

    /** There is another core: all is from before. Who was typing then is not known to be any more. */
    begin(): Diff[] {
        const stopped = [...this.typing.all.keys()];
        for (const dialog of stopped) this.typing.delete(dialog);
        for (const part of [this.dialogs, this.available, this.participants, this.presence, this.drafts]) part.begin();
        return stopped.map((dialog) => ({ typing: { dialog, users: [] } }));
    }

    /** There was word of everything that still is. */
    settle(): Diff[] {
        this.presence.settle();
        this.participants.settle();
        return [
            ...this.dialogs.settle().map((dialog_gone) => ({ dialog_gone })),
            ...this.available.settle().map((available_gone) => ({ available_gone })),
            ...this.drafts.settle().map((dialog) => ({ draft: { dialog, content: "" } })),
        ];
    }

    /** A dialog is not looked at any more by anybody. */
    close(dialog: string): void {
        this.participants.delete(dialog);
    }

    /** All of it, to somebody who knows nothing yet. */
    snapshot(): Diff[] {
        const { connection } = this;
        const diffs: Diff[] = [];
        // That a core failed is told apart.
        if (typeof connection === "string") diffs.push({ connection });
        else if (connection.ended !== "core_failed") diffs.push({ connection: { ended: connection.ended } });
        if (this.unread !== null) diffs.push({ unread: this.unread });
        if (this.moreDialogs) diffs.push({ more_dialogs: true });
        for (const dialog of this.dialogs.all.values()) diffs.push({ dialog });
        for (const available of this.available.all.values()) diffs.push({ available });
        for (const [dialog, participants] of this.participants.all) {
            diffs.push({ participants: { dialog, participants: [...participants] } });
        }
        for (const [dialog, users] of this.typing.all) diffs.push({ typing: { dialog, users: [...users] } });
        for (const [user, online] of this.presence.all) diffs.push({ presence: { user, online } });
        for (const [dialog, content] of this.drafts.all) diffs.push({ draft: { dialog, content } });
        return diffs;
    }

    private takeParticipant(dialog: string, participant: ParticipantRow): void {
        const all = this.participants.get(dialog) ?? [];
        const others = all.map((one) => (one.user_id === participant.user_id ? participant : one));
        this.participants.set(dialog, others);
    }
}

function setUnless<V>(part: Part<V>, name: string, thing: V, isNothing: boolean): void {
    if (isNothing) part.delete(name);
    else part.set(name, thing);
}
