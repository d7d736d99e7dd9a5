import type { DialogItemView } from "@mtchat/client";
import { aDialog, anId, at, PEOPLE } from "@parts/testing/fixtures.js";

/** The dialog that stories have open. */
export const OPEN = "01a20000-0000-7000-8000-0000000a0001";

const summary = ({ id, name, company }: (typeof PEOPLE)[keyof typeof PEOPLE]) => ({ user_id: id, display_name: name, company });
const said = (who: (typeof PEOPLE)[keyof typeof PEOPLE], content: string, minutes: number) => ({
    last_message_at: at(minutes),
    last_message: { id: anId(), content, sender_id: who.id, sender_name: who.name, sent_at: at(minutes), message_type: "user" as const },
});

/** A list as a forwarder has it on a busy day. */
export const DIALOGS: readonly DialogItemView[] = [
    aDialog({ id: OPEN, is_pinned: true, unread_count: 3, participants: [PEOPLE.anna, PEOPLE.jonas, PEOPLE.maria, PEOPLE.wei].map(summary), ...said(PEOPLE.jonas, "Gate-in confirmed. <b>Cut-off is 18:00.</b>", -4) }),
    aDialog({
        title: "Customs for order 1039",
        object_id: "1039",
        is_pinned: true,
        notifications_enabled: false,
        notification_level: "none",
        ...said(PEOPLE.maria, "Декларация подана, ждём выпуск", -35),
    }),
    aDialog({ title: "上海 → 汉堡, 冷藏箱", object_id: "1051", unread_count: 128, participants: [PEOPLE.anna, PEOPLE.wei].map(summary), ...said(PEOPLE.wei, "温度记录已经上传", -50) }),
    aDialog({ title: null, object_id: "1048", ...said(PEOPLE.anna, "Thank you!", -90) }),
    aDialog({
        title: "A title that goes on and on because somebody has put the whole route, the vessel and both booking numbers into it",
        object_id: "1033",
        ...said(PEOPLE.tom, "A last message that is just as long and has to end somewhere before the edge of the row, whatever the width of the list", -60 * 26),
    }),
    aDialog({ title: "New order without a word", object_id: "1060" }),
    ...Array.from({ length: 14 }, (_, index) =>
        aDialog({ title: `Order ${1000 + index}`, object_id: String(1000 + index), unread_count: index % 5 === 0 ? index : 0, ...said(PEOPLE.jonas, "Delivered.", -60 * 24 * (index + 2)) }),
    ),
];

const OTHERS = [PEOPLE.jonas, PEOPLE.maria].map(summary);

export const AVAILABLE: readonly DialogItemView[] = [
    aDialog({ title: "Rotterdam → Łódź, 1 × 20'", object_id: "1071", i_am_participant: false, participants: OTHERS }),
    aDialog({ title: "Warehouse slot on Friday", object_id: "1072", i_am_participant: false, participants: OTHERS }),
];

export const ARCHIVED: readonly DialogItemView[] = [aDialog({ title: "Order 0981", object_id: "981", is_archived: true, ...said(PEOPLE.jonas, "Closed.", -60 * 24 * 40) })];
