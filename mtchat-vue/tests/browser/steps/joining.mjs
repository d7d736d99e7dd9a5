// Somebody of a third company finds the dialog, and joins it as they want to be seen.
import { expect } from "../stage.mjs";

export async function joins(maria, title) {
    const chat = await maria.opens();
    await chat.tab(/^Available/).click();
    await chat.open(title);
    const { page } = chat;
    await page.getByRole("heading", { name: "You are not in this chat yet" }).waitFor();
    expect((await chat.field.count()) === 0, "no field for who is not in the chat");
    await page.getByRole("button", { name: "Join the chat" }).click();

    const dialog = chat.dialog("Join the chat");
    const preview = dialog.getByRole("group", { name: "The others see" });
    await dialog.getByRole("radio", { name: "Company employee" }).check({ force: true });
    await preview.getByText("Company employee").waitFor();
    await dialog.getByRole("radio", { name: "Maria Rossi" }).check({ force: true });
    await dialog.getByRole("checkbox", { name: /Share my e-mail/ }).check({ force: true });
    await preview.getByText("maria@baltic.example").waitFor();
    expect(!(await preview.innerText()).includes("+371"), "a phone that is not shared to be left out", await preview.innerText());
    await dialog.getByRole("button", { name: "Join", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
    await chat.told("dialog-joined");
    await chat.field.waitFor();
    return chat;
}

/** Others see live that somebody has joined, and who it is. */
export async function sawJoin(chat) {
    await chat.timeline.getByText(/Maria Rossi \(Baltic Lines\) has joined the chat/).waitFor();
    await chat.button("About this chat").click();
    const info = chat.page.getByRole("complementary", { name: "About this chat" }).or(chat.page.getByRole("region", { name: "About this chat" }));
    await info.getByText("Maria Rossi").waitFor();
    await info.getByText("maria@baltic.example").waitFor();
    await chat.button("Hide details").first().click();
}
