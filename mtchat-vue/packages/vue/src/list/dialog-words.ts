import type { DialogItemView } from "@mtchat/client";

/** What a dialog is called: its title, else its business object. */
export function titleOf(dialog: Pick<DialogItemView, "title" | "object_type" | "object_id">): string {
    return dialog.title?.trim() || `${dialog.object_type}/${dialog.object_id}`;
}

/** The companies in a dialog but one's own, each once, in the order of participants. */
export function companiesOf(dialog: Pick<DialogItemView, "participants">, me: string, profileCompany?: string): readonly string[] {
    const own = dialog.participants.find((participant) => participant.user_id === me)?.company?.trim() || profileCompany?.trim();
    const companies = new Set<string>();
    for (const { company, user_id } of dialog.participants) {
        const name = company?.trim();
        if (name && user_id !== me && name !== own) companies.add(name);
    }
    return [...companies];
}

/** The other one where two talk. */
export function peerOf(dialog: Pick<DialogItemView, "participants" | "participants_count">, me: string): string | null {
    const others = dialog.participants.filter((participant) => participant.user_id !== me);
    return others.length === 1 && dialog.participants_count <= 2 ? (others[0]?.user_id ?? null) : null;
}

/** What a dialog's picture stands for: the letters of the other company, else of the dialog, on a colour of the business object. */
export function faceOf(dialog: DialogItemView, me: string, profileCompany?: string): { name: string; id: string } {
    return { name: companiesOf(dialog, me, profileCompany)[0] ?? titleOf(dialog), id: `${dialog.object_type}/${dialog.object_id}` };
}

/** A number for a badge; large ones say no more than that they are large. */
export function badgeOf(count: number | null | undefined): string {
    if (!count || count < 0) return "";
    return count > 99 ? "99+" : String(count);
}
