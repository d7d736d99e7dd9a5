/** The profile that others in a dialog see. */
export interface Profile {
    display_name: string;
    company?: string;
    email?: string;
    phone?: string;
}

/** What a message said before an edit. */
export interface MessageVersion {
    readonly content: string;
    /** When that was replaced. */
    readonly edited_at: string;
}

/** What to look for. */
export interface Search {
    /** Words that a message must have; the last one may be the beginning of one. */
    text: string;
    /** Only in this dialog. */
    dialog?: string;
    /** How many at once: 1 to 50. */
    limit?: number;
    /** The `next_cursor` of the page before. */
    cursor?: string;
}

/** A page of what was found, newest first. */
export interface SearchPage {
    readonly results: readonly SearchHit[];
    /** Where the next page begins; absent on the last one. A page may be short, even empty, without being the last. */
    readonly next_cursor?: string;
}

/** A message that was found. */
export interface SearchHit {
    readonly message: {
        readonly id: string;
        readonly dialog_id: string;
        readonly sender_id: string;
        readonly sent_at: string;
        readonly seq: number;
    };
    /** The text around the first hit: safe HTML with the hits in `<mark>`. */
    readonly snippet: string;
    readonly dialog: {
        readonly id: string;
        readonly title: string | null;
        readonly object_type: string;
        readonly object_id: string;
    };
    /** How much of the text is hits, from 0 to 1. */
    readonly rank: number;
}
