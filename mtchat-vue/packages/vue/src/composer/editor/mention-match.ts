/** Somebody who can be mentioned. */
export interface MentionPerson {
    readonly id: string;
    readonly name: string;
    readonly company: string | null;
}

/** How many are offered at once. */
export const MAX_SUGGESTIONS = 5;

/** Who fits what was typed after `@`: by the beginning of the name, then of a word of it, then of the company, then anywhere. */
export function matchPeople(people: readonly MentionPerson[], query: string): readonly MentionPerson[] {
    const wanted = folded(query);
    return people
        .map((person) => ({ person, rank: rankOf(person, wanted) }))
        .filter(({ rank }) => rank < NO_MATCH)
        .sort((one, other) => one.rank - other.rank)
        .slice(0, MAX_SUGGESTIONS)
        .map(({ person }) => person);
}

const NO_MATCH = 5;

function rankOf(person: MentionPerson, wanted: string): number {
    const name = folded(person.name);
    const company = folded(person.company ?? "");
    if (name.startsWith(wanted)) return 0;
    if (words(name).some((word) => word.startsWith(wanted))) return 1;
    if (company.startsWith(wanted) || words(company).some((word) => word.startsWith(wanted))) return 2;
    if (name.includes(wanted)) return 3;
    return company.includes(wanted) ? 4 : NO_MATCH;
}

/** Case, accents and width make no difference: «Müller» is found by «mul», «Алёна» by «ален». */
function folded(text: string): string {
    return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

function words(text: string): string[] {
    return text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
}
