// What users write stays inert: through the real server, from one that cleans nothing, and by hand; in the page and in `<mt-chat>`.
import { corpus } from "../steps/corpus.mjs";
import { couldRead, each, editsOwn, opensTrapped, sawAll, sawJoinScreen, sawList, sawPanels, says } from "../steps/hostile.mjs";
import { draftsFromElsewhere, links, pastes, searches, sends, types } from "../steps/hostile-input.mjs";
import { png } from "../steps/files.mjs";
import { nothingRan, trapsWork } from "../steps/trap.mjs";
import { expect } from "../stage.mjs";

/** How many dialogs have attempts for names. */
const DIALOGS = 40;

export default async function play(stage) {
    await trapsWork(stage);
    const attempts = await corpus();
    stage.figure("hostile.attempts", attempts.all.length, "");
    expect(attempts.all.length >= 150, "many attempts", attempts.all.length);
    const victim = stage.person({ id: `victim-${stage.run}`, name: "Vera Kind", company: "Northwind Freight", companies: [`north-${stage.run}`], email: "vera@northwind.example", phone: "+49 40 1234567" });
    const attacker = stage.person({ id: `attacker-${stage.run}`, name: "Mallory", company: "Evil Corp", companies: ["evil"], email: "mallory@evil.example", phone: "+49 40 7654321", edge: 1 });

    const cleaned = await fillCleaned(stage, attempts, victim, attacker);
    const raw = await fillRaw(stage, attempts, victim, attacker);
    for (const wrapper of ["vue", "element"]) {
        await readsCleaned(victim, wrapper, cleaned, attempts);
        await readsRaw(stage, victim, attacker, wrapper, raw, attempts);
        await writes(victim, wrapper, cleaned.dialog, attempts);
    }
}

/** All of it said to the server, as messages and as names. */
async function fillCleaned(stage, { all }, victim, attacker) {
    const people = [victim, attacker];
    const dialog = await stage.host.create({ object: ["order", `clean-${stage.run}`], title: "Cleaned", people });
    const ids = new Map();
    await each(all, async (attempt) => {
        const id = await says(attacker, dialog, attempt);
        if (id !== null) ids.set(id, attempt);
    });
    stage.figure("hostile.taken", ids.size, "messages");
    expect(ids.size > all.length / 2, "most attempts to leave something to be read", ids.size);
    await each(Array.from({ length: DIALOGS }), (_, index) => named(stage, all, index, victim));
    return { dialog, ids };
}

/** A dialog with attempts for its names; the victim is in it, or may join it. */
function named(stage, all, index, victim) {
    const at = (step) => all[(index * 13 + step * 101) % all.length];
    const short = (text, most) => [...text].slice(0, most).join("").trim() || "x";
    const profile = { user_id: `other-${index}-${stage.run}`, display_name: short(at(1), 200), company: short(at(2), 200) };
    const other = { profile: () => profile };
    const isIn = index % 3 > 0;
    const rules = isIn ? {} : { scopes: victim.companies };
    return stage.host.create({ object: ["order", `named-${index}-${stage.run}`], title: short(at(0), 500), people: isIn ? [victim, other] : [other], ...rules }).catch((error) => {
        // Blank names and the like: what is not taken can do no harm.
        if (!/ 4\d\d /u.test(error.message)) throw error;
    });
}

/** Placeholders for all of it: what the page hears in their place is not the server's. */
async function fillRaw(stage, { all, namespaces, attributes }, victim, attacker) {
    const people = [victim, attacker];
    const dialog = await stage.host.create({ object: ["order", `raw-${stage.run}`], title: "raw0raw", people, url: "https://northwind.example/orders/1" });
    const available = await stage.host.create({ object: ["tender", `raw-${stage.run}`], title: "raw1raw", people: [attacker], scopes: victim.companies });
    const ids = [];
    await each(all, async (_, number) => void ids.push((await attacker.says(dialog, `raw${number}raw`)).id));
    for (const card of cards()) await stage.host.say(dialog, card);
    const attachments = await Promise.all(["a.png", "b.png", "c.txt", "d.txt"].map((name) => upload(attacker, dialog, name)));
    const edited = (await attacker.says(dialog, "raw2raw")).id;
    await attacker.call("PUT", `/dialogs/${dialog}/messages/${edited}`, { content: "raw3raw" });
    const file = (await attacker.says(dialog, "raw4raw", { attachments })).id;
    const quote = (await attacker.says(dialog, "raw5raw", { reply_to: ids[7] })).id;
    const forms = namespaces.filter((attempt) => attempt.includes("<form"));
    const own = [];
    for (const attempt of [...namespaces.slice(0, 3), ...attributes.slice(0, 3), ...forms.slice(1, 4)]) {
        own.push((await victim.says(dialog, `raw${all.indexOf(attempt)}raw`)).id);
    }
    return { dialog, available, ids: [...ids, edited, file, quote, ...own], edited, file, quote, own };
}

function cards() {
    const card = { type: "raw", title: "raw", fields: [{ name: "raw", value: "raw" }, { name: "raw", value: "raw" }], link: "https://northwind.example/1" };
    return [{ text: "raw" }, ...Array.from({ length: 12 }, () => ({ card }))];
}

async function upload(person, dialog, filename) {
    const isPicture = filename.endsWith(".png");
    const content_type = isPicture ? "image/png" : "text/plain";
    const bytes = isPicture ? png(filename).buffer : Buffer.from("<script>alert(1)</script>");
    const file = { filename, content_type, size: bytes.length };
    const { upload_url, s3_key } = await person.call("POST", "/upload/presign", { dialog_id: dialog, ...file });
    const answer = await fetch(upload_url, { method: "PUT", headers: { "Content-Type": content_type }, body: bytes });
    if (!answer.ok) throw new Error(`the file was not taken: ${answer.status}`);
    return { s3_key, ...file };
}

async function readsCleaned(victim, wrapper, { dialog, ids }, { texts }) {
    const page = await opensTrapped(victim, { wrapper, props: { dialogId: dialog } });
    await sawAll(page, [...ids.keys()]);
    const isPlain = (text) => texts.includes(text) && !/[<&\u0000-\u001f\u007f-\u009f]/u.test(text);
    await couldRead(page, [...ids].filter(([, attempt]) => isPlain(attempt)));
    await sawList(page);
    await page.chat.page.close();
}

async function readsRaw(stage, victim, attacker, wrapper, { dialog, available, ids, ...places }, attempts) {
    const page = await opensTrapped(victim, { wrapper, raw: attempts, props: { dialogId: dialog } });
    await page.chat.timeline.waitFor();
    await sawPanels(page, { ...places, own: places.own[0] });
    await editsOwn(page, places.own);
    // Said while one looks.
    const live = (await attacker.says(dialog, "raw6raw")).id;
    await stage.host.create({ object: ["order", `live-${wrapper}-${stage.run}`], title: "raw", people: [victim, attacker] });
    await sawAll(page, [...ids, live]);
    await sawList(page);
    await sawJoinScreen(page, available);
    await nothingRan(page.trap, "the server said what it liked");
    await page.chat.page.close();
}

/** All of it in the page; in `<mt-chat>`, which has the same field, what its shadow root might make a difference to. */
async function writes(victim, wrapper, dialog, attempts) {
    const { all, texts, urls, namespaces, attributes } = attempts;
    const some = (list, count) => (wrapper === "vue" ? list : list.slice(0, count));
    const page = await opensTrapped(victim, { wrapper, props: { dialogId: dialog } });
    await page.chat.timeline.waitFor();
    await pastes(page, wrapper === "vue" ? all : [...namespaces.slice(0, 30), ...attributes]);
    const typed = texts.filter((text) => text.length < 60 && !/[@{}\u0000-\u001f]/u.test(text));
    await types(page, some(typed.slice(0, 8), 3));
    await links(page, some(urls, 12));
    await searches(page, some([...texts, ...urls, ...namespaces], 20));
    await sends(page, namespaces.slice(0, 8).join("") + attributes.join(""), `sent in ${wrapper}`);
    await draftsFromElsewhere(page, some([attributes[0], namespaces[0]], 1));
    await page.chat.page.close();
}
