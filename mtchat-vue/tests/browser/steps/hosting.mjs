// What the host does to dialogs is seen at once by whoever has the list, or the dialog, before their eyes.

export async function seesWhatTheHostDoes(chat, others) {
    const { host } = chat.stage;
    const create = (title) => host.create({ object: ["tender", `${title} ${chat.stage.run}`], title, people: [chat.person, ...others] });
    const opened = async (title) => {
        const id = await create(title);
        await chat.row(title).waitFor();
        await chat.open(title);
        await chat.send(`Said in «${title}»`);
        return id;
    };
    const isClosed = async (title) => {
        await chat.row(title).waitFor({ state: "detached" });
        await chat.page.getByRole("heading", { name: "Choose a chat" }).waitFor();
    };

    const renamed = await opened("Draft of a tender");
    await host.change(renamed, { title: "Tender of May" });
    await chat.page.getByRole("heading", { name: "Tender of May" }).waitFor();
    await chat.row("Tender of May").waitFor();
    await host.say(renamed, { text: "Offers are open until Friday" });
    await chat.timeline.getByText("Offers are open until Friday").waitFor();
    const card = { type: "invoice_paid", title: "Invoice paid", fields: [{ name: "Amount", value: "7 EUR" }], link: "https://shop.example/7" };
    await host.say(renamed, { card });
    const shown = chat.timeline.getByRole("region", { name: "Invoice paid" });
    await shown.getByText("7 EUR").waitFor();
    await shown.getByRole("link", { name: "Open" }).waitFor();

    await host.remove(await opened("Tender that is withdrawn"));
    await isClosed("Tender that is withdrawn");
    const left = await opened("Tender without me");
    await host.call("DELETE", `/dialogs/${left}/participants/${encodeURIComponent(chat.person.id)}`);
    await isClosed("Tender without me");
}

/** What may be joined comes and goes while one looks. */
export async function seesWhatMayBeJoined(chat, people) {
    const { host } = chat.stage;
    await chat.tab(/^Available/).click();
    const id = await host.create({ object: ["tender", `open ${chat.stage.run}`], title: "Open tender", people, scopes: chat.person.companies });
    await chat.row("Open tender").waitFor();
    await host.call("PUT", `/dialogs/${id}/access-scopes`, { access_scopes: [] });
    await chat.row("Open tender").waitFor({ state: "detached" });
}
