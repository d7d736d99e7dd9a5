import type { ClientState, ParticipantRow, ParticipantView } from "@mtchat/client";
import { StoryClient, type Answers } from "@parts/testing/story-client.js";
import { ARCHIVED, AVAILABLE, DIALOGS, OPEN } from "./dialogs.js";
import { PARTICIPANTS, ROWS } from "./timeline.js";

const ANSWERS: Answers = {
    dialogs: (query) => {
        const all = query?.archived ? ARCHIVED : query?.type === "available" ? AVAILABLE : DIALOGS;
        return Promise.resolve({ dialogs: all.filter(({ title }) => (title ?? "").includes(query?.search ?? "")) });
    },
    participants: (dialog) => Promise.resolve(PARTICIPANTS.map((row) => viewOf(dialog, row))),
};

/** A day in the middle of everything; `change` says what is different. */
export function busy(change: Partial<ClientState> = {}, answers: Answers = {}): StoryClient {
    const state: Partial<ClientState> = {
        dialogs: DIALOGS,
        available: AVAILABLE,
        unread: { messages: 131, dialogs: 2 },
        timelines: new Map([[OPEN, { rows: ROWS, fresh: true }]]),
        participants: new Map([[OPEN, PARTICIPANTS]]),
        ...change,
    };
    return new StoryClient(state, { ...ANSWERS, ...answers });
}

/** Nothing is known yet. */
export const loading = (): StoryClient => new StoryClient({ connection: "connecting", fresh: false, available: [], unread: null });

/** All is known, and there is nothing. */
export const empty = (): StoryClient => new StoryClient();

const viewOf = (dialog: string, row: ParticipantRow): ParticipantView => ({
    ...row,
    dialog_id: dialog,
    notifications_enabled: true,
    notification_level: "all",
    unread_count: 0,
    is_archived: false,
    is_pinned: false,
});
