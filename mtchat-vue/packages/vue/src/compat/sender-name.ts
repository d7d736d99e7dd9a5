/** Somebody with a name, as participants and senders are. */
export interface Named {
    user_id?: string;
    display_name?: string | null;
    company?: string | null;
}

/** «Company — Name», as far as they are known; else the user's id. */
export function senderName({ user_id = "", display_name, company }: Named): string {
    const said = [company, display_name].map((part) => part?.trim()).filter(Boolean);
    return said.length > 0 ? said.join(" — ") : user_id;
}
