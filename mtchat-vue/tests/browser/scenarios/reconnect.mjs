// The edge of somebody who reads in the middle of a long history dies, while they have something to say.
import { cast } from "../steps/cast.mjs";
import { drift, rest, wheel } from "../steps/frames.mjs";
import { fill } from "../steps/history.mjs";
import { expect } from "../stage.mjs";

const ORDER = "Order 1042";
const SAID = "Sent while nothing was there";
const MEANWHILE = ["Said meanwhile, one", "Said meanwhile, two"];
/** No jump that anybody sees. */
const STILL = 1;

export default async function play(stage) {
    const { anna, jonas } = cast(stage);
    const id = await stage.host.create({ object: ["order", "1042"], title: ORDER, people: [anna, jonas] });
    await fill(id, [anna, jonas], 80);
    const a = await anna.opens();
    const j = await jonas.opens();
    for (const chat of [a, j]) await chat.open(ORDER);

    await a.write("An unfinished word");
    await readsInTheMiddle(a);
    const away = await drift(a, async () => {
        await stage.ask({ do: "kill_edge", edge: 0 });
        await banner(a).waitFor();
        expect((await a.field.innerText()).includes("An unfinished word"), "what was being written to stay", await a.field.innerText());
        for (const text of MEANWHILE) await j.send(text);
    });
    stage.figure("reconnect.drift.away", away.worst, "px");
    expect(away.worst <= STILL, "what is read to stay in its place while the connection goes", away);

    await a.editor();
    await a.page.keyboard.press("Control+a");
    await a.page.keyboard.type(SAID);
    await a.page.keyboard.press("Enter");
    await a.message(SAID).getByRole("img", { name: "Being sent" }).waitFor();
    expect(await banner(a).isVisible(), "the banner as long as nothing is there");

    await a.write("The next thing");
    await readsInTheMiddle(a);
    const back = await drift(a, async () => {
        await stage.ask({ do: "restart_edge", edge: 0 });
        await banner(a).waitFor({ state: "detached" });
        await j.sees(SAID);
    });
    stage.figure("reconnect.drift.back", back.worst, "px");
    expect(back.worst <= STILL, "what is read to stay in its place when the connection is back", back);
    expect((await a.field.innerText()).includes("The next thing"), "what is being written to stay", await a.field.innerText());

    await a.button(/^\d+ new messages?|^To the newest messages/).click();
    await a.isSent(SAID);
    for (const chat of [a, j]) await onceEach(chat, [...MEANWHILE, SAID]);
    const messages = await anna.call("GET", `/dialogs/${id}/messages?limit=100`);
    const sent = messages.messages.filter(({ content }) => content.includes(SAID)).length;
    expect(sent === 1, "the message once at the server", sent);
    await goesOnInAnotherTab(a, j);
    await goesOnAfterATunnel(j, a);
}

/** The tab that has the connection is closed: the other one goes on with it. */
async function goesOnInAnotherTab(chat, other) {
    const second = await chat.person.opens();
    await second.open(ORDER);
    await second.send("In the second tab");
    await chat.sees("In the second tab");
    await chat.page.close();
    await second.send("After the first one was closed");
    await onceEach(other, ["In the second tab", "After the first one was closed"]);
    chat.page = second.page;
}

/** The system says that there is no network, and then that there is. */
async function goesOnAfterATunnel(chat, other) {
    const context = chat.page.context();
    await context.setOffline(true);
    await chat.page.getByText("You are offline.").waitFor();
    await chat.write("Said in the tunnel");
    await chat.page.keyboard.press("Enter");
    await chat.message("Said in the tunnel").getByRole("img", { name: "Being sent" }).waitFor();
    await other.send("Said meanwhile, outside");
    await context.setOffline(false);
    await chat.isSent("Said in the tunnel");
    await chat.page.getByText("You are offline.").waitFor({ state: "detached" });
    for (const each of [chat, other]) await onceEach(each, ["Said in the tunnel", "Said meanwhile, outside"]);
}

function banner(chat) {
    return chat.page.getByText("Reconnecting… What you send now");
}

/** Somewhere above the newest messages, with some below that are not seen. */
async function readsInTheMiddle(chat) {
    for (let turn = 0; turn < 6; turn += 1) await wheel(chat, -500);
    await chat.page.mouse.move(5, 400);
    // What is before is there before the edge goes; without it nothing can be loaded.
    await rest(chat);
}

/** All of these are there, in this order for who said them, and none twice. */
async function onceEach(chat, texts) {
    for (const text of texts) {
        await chat.sees(text);
        const count = await chat.message(text).count();
        expect(count === 1, `«${text}» once at ${chat.person.id}`, count);
    }
}
