import type { I18n } from "../i18n/index.js";

/** Somebody in a system message. */
export interface SystemPerson {
    readonly name: string | null;
    readonly company: string | null;
}

/** What the host's application says of the object, as a card. */
export interface CardEvent {
    readonly kind: "card";
    readonly type: string;
    readonly title: string;
    readonly fields: readonly { readonly name: string; readonly value: string }[];
    readonly link: string | null;
    /** The same in words. */
    readonly text: string;
}

/** What a system message says. */
export type SystemEvent =
    | { readonly kind: "created"; readonly people: readonly SystemPerson[] }
    | { readonly kind: "joined" | "left"; readonly person: SystemPerson }
    | { readonly kind: "text"; readonly text: string }
    | CardEvent;

/** Read the content of a system message. What is not known is shown as it is, as text. */
export function parseSystemEvent(content: string): SystemEvent {
    const raw = { kind: "text", text: content } as const;
    const event = parseObject(content);
    switch (event?.["event"]) {
        case "chat_created":
            return { kind: "created", people: list(event["participants"]).map(person) };
        case "participant_joined":
            return { kind: "joined", person: person(event) };
        case "participant_left":
            return { kind: "left", person: person(event) };
        case "host_message":
            return { kind: "text", text: string(event["text"]) ?? content };
        case "card":
            return card(event) ?? raw;
        default:
            // New kinds carry a text for those who do not know them.
            return { kind: "text", text: string(event?.["text"]) ?? content };
    }
}

/** A system message in the reader's language, in one piece of text: for rows, previews and copies. */
export function systemText(content: string, { t, tt }: Pick<I18n, "t" | "tt">): string {
    const event = parseSystemEvent(content);
    const name = ({ name, company }: SystemPerson) => {
        const known = name ?? t("system.someone");
        return company === null ? known : tt("system.nameAndCompany", { name: known, company });
    };
    switch (event.kind) {
        case "created":
            return event.people.length === 0 ? t("system.chatCreated") : tt("system.chatCreatedWith", { names: event.people.map(name).join(", ") });
        case "joined":
            return tt("system.joined", { name: name(event.person) });
        case "left":
            return tt("system.left", { name: name(event.person) });
        case "card":
            return event.text;
        case "text":
            return event.text;
    }
}

function card(event: Record<string, unknown>): CardEvent | null {
    const title = string(event["title"]);
    if (title === null) return null;
    const fields = list(event["fields"]).flatMap((field) => {
        const name = string(object(field)?.["name"]);
        return name === null ? [] : [{ name, value: string(object(field)?.["value"]) ?? "" }];
    });
    const text = [title, ...fields.map(({ name, value }) => `${name}: ${value}`)].join("\n");
    return { kind: "card", type: string(event["type"]) ?? "", title, fields, link: string(event["link"]), text: string(event["text"]) ?? text };
}

function person(value: unknown): SystemPerson {
    const given = object(value);
    return { name: string(given?.["name"]), company: string(given?.["company"]) };
}

function parseObject(text: string): Record<string, unknown> | null {
    try {
        return object(JSON.parse(text));
    } catch {
        return null;
    }
}

function object(value: unknown): Record<string, unknown> | null {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}

function list(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : [];
}

function string(value: unknown): string | null {
    return typeof value === "string" && value.trim() !== "" ? value : null;
}
