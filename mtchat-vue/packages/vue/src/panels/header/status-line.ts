import type { Connection, DialogItemView, ParticipantRow } from "@mtchat/client";
import type { I18n } from "../../i18n/index.js";
import { otherCompanies, personName } from "../parties.js";

/** What the line below a dialog's title is made of. */
export interface StatusFacts {
    readonly dialog: DialogItemView;
    readonly me: string;
    readonly participants: readonly ParticipantRow[];
    /** Names of others who type. */
    readonly typing: readonly string[];
    /** The connection is gone long enough to say so. */
    readonly isTroubled: boolean;
    readonly connection: Connection;
}

export type StatusLine = { readonly kind: "typing" | "trouble" | "people"; readonly text: string };

type Words = Pick<I18n, "t" | "tt" | "tn" | "formatInboxTime">;

/** The most telling thing about a dialog right now: trouble, who types, else who is in it. */
export function statusLine(facts: StatusFacts, words: Words): StatusLine {
    if (facts.isTroubled) return { kind: "trouble", text: words.t(troubleKey(facts.connection)) };
    if (facts.typing.length > 0) return { kind: "typing", text: typingText(facts.typing, words) };
    return { kind: "people", text: peopleText(facts, words) };
}

function troubleKey(connection: Connection): "header.offline" | "header.connecting" | "header.disconnected" {
    if (connection === "offline") return "header.offline";
    return connection === "connecting" || connection === "waiting" || connection === "connected" ? "header.connecting" : "header.disconnected";
}

function typingText(names: readonly string[], words: Words): string {
    const [first, second] = names;
    if (names.length === 1) return words.tt("header.typingOne", { name: first! });
    if (names.length === 2) return words.tt("header.typingTwo", { first: first!, second: second! });
    return words.t("header.typingMany");
}

function peopleText(facts: StatusFacts, words: Words): string {
    const { dialog, me, participants } = facts;
    const others = participants.filter((participant) => participant.user_id !== me);
    const only = dialog.participants_count === 2 && dialog.i_am_participant && others.length === 1 ? others[0]! : null;
    if (only) return [personName(only), only.company, presence(only, words)].filter(Boolean).join(" · ");
    const online = others.filter((participant) => participant.is_online).length;
    return [
        words.tn("header.people", dialog.participants_count),
        shortened(otherCompanies(dialog, me)),
        online > 0 ? words.tt("header.onlineCount", { n: online }) : "",
    ]
        .filter(Boolean)
        .join(" · ");
}

function presence(person: ParticipantRow, words: Words): string {
    if (person.is_online) return words.t("status.online");
    return person.last_seen ? words.tt("infoPanel.lastSeen", { time: words.formatInboxTime(person.last_seen) }) : "";
}

function shortened(companies: readonly string[]): string {
    const most = 2;
    const rest = companies.length - most;
    return companies.slice(0, most).join(", ") + (rest > 0 ? ` +${rest}` : "");
}
