import type { DialogItemView, ParticipantRow } from "@mtchat/client";

/** People of one company. `company` is `null` for those who have none. */
export interface Party<P> {
    readonly company: string | null;
    readonly people: readonly P[];
}

/** What a dialog is called: its title, else its object. */
export function titleOf(dialog: DialogItemView): string {
    return dialog.title || objectName(dialog);
}

/** The business object, as clients name it where there are no words for it. */
export function objectName(dialog: DialogItemView): string {
    return `${dialog.object_type}/${dialog.object_id}`;
}

/** The companies in a dialog without one's own, each once. */
export function otherCompanies(dialog: DialogItemView, me: string): string[] {
    const own = dialog.participants.find((participant) => participant.user_id === me)?.company;
    const companies = dialog.participants.map((participant) => participant.company).filter((company) => company != null && company !== "");
    return [...new Set(companies as string[])].filter((company) => company !== own);
}

/** By company, companies and people in the order in which they come; those without a company last. */
export function byCompany<P extends { readonly company?: string | null }>(people: readonly P[]): Party<P>[] {
    const parties = new Map<string | null, P[]>();
    for (const person of people) {
        const company = person.company || null;
        const party = parties.get(company);
        if (party) party.push(person);
        else parties.set(company, [person]);
    }
    const without = parties.get(null);
    parties.delete(null);
    const sorted: Party<P>[] = [...parties].map(([company, party]) => ({ company, people: party }));
    return without ? [...sorted, { company: null, people: without }] : sorted;
}

/** The name that others see; of who has none, the id. */
export function personName(person: Pick<ParticipantRow, "user_id" | "display_name">): string {
    return person.display_name || person.user_id;
}
