// Beside an object of the host there is its chat, as soon as there is one; and what the host does is seen at once.
import { cast } from "../steps/cast.mjs";
import { seesWhatMayBeJoined, seesWhatTheHostDoes } from "../steps/hosting.mjs";
import { expect } from "../stage.mjs";

export default async function play(stage) {
    const { anna, jonas, maria } = cast(stage);
    const [first, second] = ["1042", "2077"].map((number) => `${number}-${stage.run}`);
    const order = (id) => ({ object: ["order", id], title: `Order ${id}` });
    const other = await stage.host.create({ ...order(second), people: [anna, jonas], scopes: maria.companies });
    await jonas.says(other, "About the second order");

    const chat = await anna.opens({ props: { mode: "inline", objectType: "order", objectId: first } });
    const { page } = chat;
    await page.getByRole("heading", { name: "No chat here yet" }).waitFor();
    expect((await chat.tab(/^My/).count()) === 0, "no list in inline mode");
    const id = await stage.host.create({ ...order(first), people: [anna, jonas], scopes: maria.companies });
    await isOf(chat, first);
    await chat.send("About the first order");

    await switches(chat, [first, second]);
    await states(chat, jonas, id);
    await joinsBesideTheObject(maria, first);
    await interceptsNavigation(stage, anna, id, first);
    await fillsSlots(anna, first);
    await seesWhatTheHostDoes(await jonas.opens(), [anna]);
    await seesWhatMayBeJoined(await maria.opens(), [anna]);
}

/** What is open is the chat of this object. */
async function isOf(chat, object) {
    await chat.page.getByRole("heading", { name: `Order ${object}` }).waitFor();
    await chat.field.waitFor();
}

/** The host shows another object: its chat is there, and nothing of the one before. */
async function switches(chat, [first, second]) {
    const show = (objectId) => chat.set({ props: { objectId } });
    await show(second);
    await isOf(chat, second);
    await chat.sees("About the second order");
    expect((await chat.message("About the first order").count()) === 0, "nothing of the first order");
    // Quicker than anything can be loaded.
    for (const object of [first, second, first]) await show(object);
    await isOf(chat, first);
    await chat.sees("About the first order");
    expect((await chat.message("About the second order").count()) === 0, "nothing of the second order");
    await show(`none-${first}`);
    await chat.page.getByRole("heading", { name: "No chat here yet" }).waitFor();
    await show(first);
    await isOf(chat, first);
}

/** Nobody may write any more, and then one may only read. */
async function states(chat, other, id) {
    const { host } = chat.stage;
    await host.change(id, { frozen: true });
    await chat.page.getByText("This chat is closed for new messages").waitFor();
    await chat.field.waitFor({ state: "detached" });
    await chat.message("About the first order").click({ button: "right" });
    await chat.page.getByRole("menuitem", { name: "Who has read it" }).waitFor();
    for (const action of ["Reply", "Edit", "Delete", "React"]) {
        expect((await chat.page.getByRole("menuitem", { name: action, exact: true }).count()) === 0, `no «${action}» in a frozen chat`);
    }
    await chat.page.keyboard.press("Escape");
    await host.change(id, { frozen: false });
    await chat.field.waitFor();

    await host.setRole(id, chat.person, "read_only");
    await chat.page.getByText("You can read this chat but not write in it").waitFor();
    await other.says(id, "Still to be read");
    await chat.sees("Still to be read");
    await host.setRole(id, chat.person, "member");
    await chat.send("Written again");
}

async function joinsBesideTheObject(person, object) {
    const chat = await person.opens({ props: { mode: "inline", objectType: "order", objectId: object } });
    await chat.page.getByRole("heading", { name: "You are not in this chat yet" }).waitFor();
    await chat.button("Join the chat").click();
    await chat.dialog("Join the chat").getByRole("button", { name: "Join", exact: true }).click();
    await chat.sees("Written again");
    await chat.send("Now with the third company");
}

/** The host follows links to objects itself; in inline mode one is there already. */
async function interceptsNavigation(stage, person, id, object) {
    const full = await person.opens({ props: { interceptObjectNavigation: true } });
    await full.open(`Order ${object}`);
    await full.button(`Open order/${object}`).click();
    await full.told("object-navigate");
    const detail = await full.page.evaluate(() => {
        const { detail } = window.__events.find(({ name }) => name === "object-navigate");
        return { id: detail.dialog.id, object: detail.dialog.object_id, event: detail.originalEvent.type };
    });
    expect(detail.id === id && detail.object === object && detail.event === "click", "the dialog, and the click", detail);
    const selected = await full.told("dialog-selected");
    expect(selected !== undefined, "the host to be told what is selected");

    const inline = await person.opens({ props: { mode: "inline", objectType: "order", objectId: object, interceptObjectNavigation: true } });
    await isOf(inline, object);
    expect((await inline.button(`Open order/${object}`).count()) === 0, "no button to the object that one looks at");
    const told = await inline.page.evaluate(() => window.__events.filter(({ name }) => name === "dialog-selected").length);
    expect(told === 0, "nothing told as selected in inline mode", told);
    await inline.page.close();
}

async function fillsSlots(person, object) {
    const chat = await person.opens({ slots: true });
    await chat.button("New").waitFor();
    await chat.open(`Order ${object}`);
    await chat.button("More actions").click();
    const items = await chat.page.getByRole("menuitem").allInnerTexts();
    const [print, leave] = ["Print", "Leave the chat"].map((label) => items.findIndex((item) => item.trim() === label));
    expect(print >= 0 && print < leave, "the host's action before «Leave»", items);
    await chat.page.getByRole("menuitem", { name: "Print" }).click();
    await chat.page.getByRole("menuitem", { name: "Print" }).waitFor({ state: "detached" });
}
