import type { AttachmentView, DialogItemView, MessageView, OutboxEntry, ParticipantRow, Row } from "@mtchat/client";
import type { MTChatConfig } from "../chat/index.js";

/** Somebody of the stories. */
export interface Person {
    readonly id: string;
    readonly name: string;
    readonly company: string;
    readonly email: string;
    readonly phone: string;
}

/** The people of the stories. Anna is the one who looks at them. */
export const PEOPLE = {
    anna: { id: "anna", name: "Anna Keller", company: "Northwind Freight", email: "anna.keller@northwind.example", phone: "+49 40 1234 5610" },
    jonas: { id: "jonas", name: "Jonas Brandt", company: "Altona Logistik", email: "j.brandt@altona.example", phone: "+49 40 9876 5420" },
    maria: { id: "maria", name: "Мария Орлова", company: "Солнечный порт", email: "orlova@sunport.example", phone: "+7 812 555-01-30" },
    wei: { id: "wei", name: "李伟", company: "海风货运", email: "liwei@haifeng.example", phone: "+86 21 5550 0140" },
    tom: { id: "tom", name: "Tom Okafor", company: "Northwind Freight", email: "tom.okafor@northwind.example", phone: "+44 20 7946 0150" },
} as const satisfies Record<string, Person>;

/** When the stories happen: noon of a Tuesday, UTC. */
export const STORY_TIME = Date.UTC(2026, 10, 24, 12, 0, 0);

let last = 0;

/** An id of the wire's form, later ones after earlier ones. */
export function anId(): string {
    last += 1;
    return `01a20000-0000-7000-8000-${last.toString(16).padStart(12, "0")}`;
}

/** A moment of the wire's form, so many minutes after {@link STORY_TIME}. */
export function at(minutes: number): string {
    return new Date(STORY_TIME + minutes * 60_000).toISOString().replace("Z", "000Z");
}

/** A configuration of Anna's. */
export function aConfig(more: Partial<MTChatConfig> = {}): MTChatConfig {
    const { id, name, company, email, phone } = PEOPLE.anna;
    return {
        baseUrl: "https://chat.example",
        userId: id,
        scopeConfig: { scopeLevel0: ["northwind"] },
        userProfile: { displayName: name, company, email, phone },
        locale: "en",
        ...more,
    };
}

/** A dialog about a shipment that Anna is in with Jonas and Мария, without unread messages. */
export function aDialog(more: Partial<DialogItemView> = {}): DialogItemView {
    const participants = [PEOPLE.anna, PEOPLE.jonas, PEOPLE.maria].map(({ id, name, company }) => ({ user_id: id, display_name: name, company }));
    const isMember = more.i_am_participant ?? true;
    const own = { unread_count: 0, is_archived: false, is_pinned: false, notifications_enabled: true, notification_level: "all" } as const;
    return {
        id: anId(),
        object_type: "order",
        object_id: "1042",
        title: "Hamburg → St. Petersburg, 2 × 40' HC",
        object_url: "https://host.example/orders/1042",
        created_by: PEOPLE.jonas.id,
        created_at: at(-3 * 24 * 60),
        i_am_participant: isMember,
        can_join: !isMember,
        participants,
        participants_count: (more.participants ?? participants).length,
        ...(isMember && own),
        ...more,
    };
}

/** A message of Jonas'. */
export function aMessage(more: Partial<MessageView> = {}): MessageView {
    const id = more.id ?? anId();
    return {
        id,
        dialog_id: "d",
        sender_id: PEOPLE.jonas.id,
        content: "The container is at the terminal, gate-in confirmed.",
        sent_at: at(0),
        last_edited_at: null,
        reply_to_id: null,
        message_type: "user",
        seq: Number.parseInt(id.slice(-8), 16) || 1,
        ...more,
    };
}

/** A message of the dialog itself, by default that Мария has joined. */
export function aSystemMessage(content: object = { event: "participant_joined", name: PEOPLE.maria.name, company: PEOPLE.maria.company }, more: Partial<MessageView> = {}): MessageView {
    return aMessage({ sender_id: null, message_type: "system", content: JSON.stringify(content), ...more });
}

/** Somebody in a dialog, by default Jonas. */
export function aParticipant(more: Partial<ParticipantRow> = {}): ParticipantRow {
    const person: Person = Object.values(PEOPLE).find(({ id }) => id === more.user_id) ?? PEOPLE.jonas;
    return {
        user_id: person.id,
        display_name: person.name,
        company: person.company,
        email: person.email,
        phone: person.phone,
        joined_as: "participant",
        joined_at: at(-3 * 24 * 60),
        role: "member",
        last_read_message_id: null,
        is_online: false,
        last_seen: null,
        ...more,
    };
}

/** A message of Anna's that is on its way. */
export function anOutboxEntry(more: Partial<OutboxEntry> = {}): OutboxEntry {
    return { id: anId(), dialog: "d", content: "Thank you, I will tell the customer.", reply_to: null, sent_at: STORY_TIME, state: "sending", ...more };
}

/** A file of a message. */
export function anAttachment(more: Partial<AttachmentView> = {}): AttachmentView {
    return {
        id: anId(),
        filename: "bill-of-lading.pdf",
        content_type: "application/pdf",
        size: 248_320,
        url: "https://files.example/bill-of-lading.pdf",
        ...more,
    };
}

/** Rows of a timeline out of messages, those on their way and gaps. */
export function rowsOf(...things: readonly (MessageView | OutboxEntry | "gap")[]): Row[] {
    return things.map((thing) => {
        if (thing === "gap") return { gap: { after: null, before: null } };
        return "state" in thing ? { sending: thing } : { message: thing };
    });
}
