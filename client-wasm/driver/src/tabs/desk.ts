import type { Needs } from "./wire.js";

/** What all tabs together need. */
export class Desk {
    private readonly tabs = new Map<string, Needs>();

    /** A tab needs this from now on; `null`: it is gone. */
    set(tab: string, needs: Needs | null): void {
        if (needs === null) this.tabs.delete(tab);
        else this.tabs.set(tab, needs);
    }

    has(tab: string): boolean {
        return this.tabs.has(tab);
    }

    /** What at least one of them needs. */
    get all(): { connect: boolean; available: boolean; open: ReadonlySet<string>; viewing: string | null } {
        const all = [...this.tabs.values()];
        return {
            connect: all.some((needs) => needs.connect),
            available: all.some((needs) => needs.available),
            open: new Set(all.flatMap((needs) => needs.open)),
            // Mostly one tab is seen at a time; of several that are, one counts.
            viewing: all.find((needs) => typeof needs.viewing === "string")?.viewing ?? null,
        };
    }
}
