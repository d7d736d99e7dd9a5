import type { MessageView, ParticipantRow, Row } from "@mtchat/client";
import { aMessage, anOutboxEntry, aParticipant, aSystemMessage, at, PEOPLE, rowsOf } from "@parts/testing/fixtures.js";
import { OPEN } from "./dialogs.js";
import { DOCUMENT, PICTURE, SHEET, TALL_PICTURE } from "./files.js";

const say = (sender: keyof typeof PEOPLE, content: string, minutes: number, more: Partial<MessageView> = {}): MessageView =>
    aMessage({ dialog_id: OPEN, sender_id: PEOPLE[sender].id, content, sent_at: at(minutes), ...more });
const DAY = 24 * 60;

const question = say("maria", "<p>Добрый день! Когда контейнеры будут на терминале?</p>", -DAY - 120);
const last = say("anna", "<p>Perfect, I will tell the customer. 👍</p>", -20);

/** A talk of two days in three languages with everything a message may have. */
export const MESSAGES: readonly MessageView[] = [
    aSystemMessage({ event: "chat_created", name: PEOPLE.jonas.name, company: PEOPLE.jonas.company }, { dialog_id: OPEN, sent_at: at(-DAY - 180) }),
    aSystemMessage(undefined, { dialog_id: OPEN, sent_at: at(-DAY - 150) }),
    question,
    say("jonas", "<p>Tomorrow morning. Both boxes are at the depot already.</p>", -DAY - 110, { reply_to_id: question.id }),
    say("jonas", "<p>Booking numbers:</p><ol><li><p>HLCU 4410</p></li><li><p>HLCU 4411</p></li></ol><p>Please use <code>N-1042</code> as the reference.</p>", -DAY - 109),
    say("anna", "<p>Thanks. Here is the draft of the bill of lading.</p>", -DAY - 60, { attachments: [DOCUMENT, SHEET], last_edited_at: at(-DAY - 58) }),
    say("wei", "<p>收到，谢谢。</p>", -DAY - 40, { reactions: [{ emoji: "👍", count: 2, me: true }] }),
    say("jonas", "<p>From the terminal this morning:</p>", -60, { attachments: [PICTURE, TALL_PICTURE] }),
    say("jonas", "<blockquote><p>Cut-off is 18:00.</p></blockquote><p>So there is time until then. <a href=\"https://terminal.example/1042\">Track and trace</a></p>", -58),
    last,
    say("maria", '<p><span class="mtchat-mention" data-user-id="anna">@Anna Keller</span> спасибо! Тогда подаём декларацию сегодня.</p>', -10),
    say("jonas", "<p>Gate-in confirmed. <strong>Cut-off is 18:00.</strong></p>", -4),
    say("jonas", "<pre><code>MSKU 719 203-4  GATE-IN 12:51\nMSKU 719 204-0  GATE-IN 12:58</code></pre>", -4),
];

export const ROWS: readonly Row[] = rowsOf(...MESSAGES);

export const ROWS_ON_THEIR_WAY: readonly Row[] = rowsOf(
    ...MESSAGES,
    anOutboxEntry({ dialog: OPEN, content: "<p>On its way.</p>" }),
    anOutboxEntry({ dialog: OPEN, content: "<p>Not taken: too many at once.</p>", state: { failed: "RATE_LIMITED" } as never }),
);

/** So many that nothing but a virtual list can hold them. */
export function manyRows(count: number): readonly Row[] {
    const words = ["Loaded.", "The driver waits at gate 4.", "Seal number is HH 20418, please put it on the bill of lading before the cut-off.", "好的。", "Хорошо, передам."];
    const who = ["jonas", "maria", "wei", "anna"] as const;
    return rowsOf(...Array.from({ length: count }, (_, index) => say(who[Math.floor(index / 3) % who.length]!, `<p>${words[(index * 7) % words.length]}</p>`, (index - count) * 4)));
}

/** What the host's application says of the order. */
export const ROWS_WITH_CARDS: readonly Row[] = rowsOf(
    ...MESSAGES.slice(0, 4),
    aSystemMessage(
        {
            event: "card",
            type: "status_changed",
            title: "Order 1042 is under way",
            fields: [
                { name: "Vessel", value: "MV Kaliningrad Bridge" },
                { name: "Departure", value: "26 November 2026, 04:00" },
                { name: "Containers", value: "MSKU 719 203-4\nMSKU 719 204-0" },
            ],
            link: "https://host.example/orders/1042",
        },
        { dialog_id: OPEN, sent_at: at(-30) },
    ),
    aSystemMessage({ event: "host_message", text: "The invoice has been paid." }, { dialog_id: OPEN, sent_at: at(-25) }),
    last,
);

/** What people write who do not think of those who have to show it. */
export const ROWS_LONG: readonly Row[] = rowsOf(
    say("jonas", `<p>${"MSKU7192034".repeat(40)}</p>`, -30),
    say("anna", `<p>https://terminal.example/${"track/".repeat(60)}</p>`, -28),
    say("maria", Array.from({ length: 90 }, (_, line) => `<p>${line + 1}. Коносамент HLCU ${4410 + line}</p>`).join(""), -26),
    say("wei", `<pre><code>${"MSKU 719 203-4  GATE-IN 12:51  ".repeat(8)}</code></pre>`, -24),
    say("jonas", "<p>OK</p>", -22, { reactions: ["👍", "🎉", "❤️", "😄", "🚢", "✅", "👀", "🙏"].map((emoji, index) => ({ emoji, count: index + 1, me: index % 3 === 0 })) }),
);

/** The first of them is known, and the last; those between are not. */
export const ROWS_WITH_GAP: readonly Row[] = rowsOf(...MESSAGES.slice(0, 5), "gap", ...MESSAGES.slice(-4));

export const PARTICIPANTS: readonly ParticipantRow[] = [
    aParticipant({ user_id: PEOPLE.anna.id, last_read_message_id: last.id, is_online: true }),
    aParticipant({ user_id: PEOPLE.jonas.id, joined_as: "creator", role: "moderator", last_read_message_id: MESSAGES.at(-1)!.id, is_online: true } as Partial<ParticipantRow>),
    aParticipant({ user_id: PEOPLE.maria.id, last_read_message_id: MESSAGES.at(-2)!.id }),
    aParticipant({ user_id: PEOPLE.wei.id, email: null, last_seen: at(-300) }),
];

/** A dialog that half of a forwarder's office is in. */
export const MANY_PARTICIPANTS: readonly ParticipantRow[] = [
    ...PARTICIPANTS,
    ...Array.from({ length: 40 }, (_, index) =>
        aParticipant({
            user_id: `p${index}`,
            display_name: `${["Lena", "Mert", "Йоханна", "Chidi", "陈静"][index % 5]} ${["Vogel", "Yıldız", "Иванова", "Eze", ""][index % 5]}`.trim(),
            company: ["Altona Logistik", "Солнечный порт", "Northwind Freight", "A company whose name is so long that it can not stand in one row of a panel"][index % 4]!,
            email: index % 3 === 0 ? null : `p${index}@a-domain-with-a-rather-long-name.example`,
            phone: index % 2 === 0 ? null : "+49 40 9876 5400",
            is_online: index % 7 === 0,
        }),
    ),
];

/** What a search for «cut-off» finds. */
export const HITS = [MESSAGES.at(-2)!, MESSAGES.at(-5)!, MESSAGES[3]!].map(({ id, sender_id, sent_at, seq }) => ({
    message: { id, dialog_id: OPEN, sender_id: sender_id!, sent_at, seq },
    snippet: "Gate-in confirmed. <mark>Cut-off</mark> is 18:00, so there is time until then",
    dialog: { id: OPEN, title: null, object_type: "order", object_id: "1042" },
    rank: 0.5,
}));
