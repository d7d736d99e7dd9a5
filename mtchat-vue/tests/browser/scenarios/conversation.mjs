// Two companies and a third one that joins, on two edges, do everything that users do.
import { answers, deletes, editsLast, followsQuote, isGone, isSeenTyping, reaction, reacts, seesHistory } from "../steps/answering.mjs";
import { cast } from "../steps/cast.mjs";
import { isPictured } from "../steps/files.mjs";
import { findsDialog, findsMessage, keepsDraft, leaves } from "../steps/finding.mjs";
import { joins, sawJoin } from "../steps/joining.mjs";
import { archives, pinsAndMutes } from "../steps/own-state.mjs";
import { hasUnread, isMentioned, isRead, opensAtDivider, seesReader } from "../steps/reading.mjs";
import { attachesFiles, retriesUpload, sawRichText, sendsAll, viewsFiles, writesRichText } from "../steps/writing.mjs";

const ORDER = "Order 1042";
const TENDER = "Tender 77";

export default async function play(stage) {
    const { anna, jonas, maria } = cast(stage);
    const order = { object: ["order", "1042"], title: ORDER, url: "https://northwind.example/orders/1042" };
    await stage.host.create({ ...order, people: [anna, jonas], scopes: maria.companies });
    const tender = await stage.host.create({ object: ["tender", "77"], title: TENDER, people: [anna, jonas] });
    await jonas.says(tender, "Offers until Friday");
    const a = await anna.opens();
    const j = await jonas.opens();

    await a.open(ORDER);
    const m = await joins(maria, ORDER);
    await sawJoin(a);

    await writesRichText(a);
    await attachesFiles(a);
    await sendsAll(a);
    await hasUnread(j, ORDER, 1);
    await isMentioned(j, ORDER, TENDER);
    await opensAtDivider(j, ORDER, "12 pallets");
    await sawRichText(j);
    await sawRichText(m);
    await viewsFiles(j);
    await isRead(j, ORDER);
    await seesReader(a, "12 pallets", "Jonas Weber", "Altona Logistik");

    await reacts(j, "12 pallets", "🚀", "rocket");
    await reaction(a, "12 pallets", "🚀").waitFor();
    await reaction(j, "12 pallets", "🚀").click();
    await reaction(a, "12 pallets", "🚀").waitFor({ state: "detached" });

    await answers(j, "12 pallets", "We pick them up at nine");
    await followsQuote(a, "We pick them up at nine", "12 pallets");
    await editsLast(j, "We pick them up at nine", "We pick them up at ten");
    await a.message("at ten").getByRole("button", { name: /^Edited/ }).waitFor();
    await seesHistory(a, "We pick them up at ten", "We pick them up at nine");
    await j.send("Wrong chat, sorry");
    await a.sees("Wrong chat, sorry");
    await deletes(j, "Wrong chat, sorry");
    await isGone(a, "Wrong chat, sorry");

    await isSeenTyping(j, "And the", [a, m]);

    await retriesUpload(j);
    await isPictured(a, "second-try.png");

    const other = await anna.opens({ device: "another" });
    await pinsAndMutes(a, other, ORDER);
    await archives(a, other, ORDER, () => j.send("The crane is booked"));

    await findsDialog(a, "tender", TENDER, ORDER);
    await findsMessage(a, "crane booked", "The crane is booked");
    await keepsDraft(a, ORDER, TENDER, "I wanted to say");
    await leaves(m, ORDER);
    await a.timeline.getByText("Maria Rossi has left the chat").waitFor();
    for (const chat of [a, j, m]) await chat.fits();
}
