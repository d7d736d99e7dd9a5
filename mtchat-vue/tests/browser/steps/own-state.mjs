// What is one's own on all devices: pinned, muted, archived.
import { expect } from "../stage.mjs";

const mark = (chat, title, name) => chat.row(title).getByRole("img", { name }).or(chat.row(title).getByLabel(name));

export async function pinsAndMutes(here, there, title) {
    await here.rowAction(title, "Pin");
    await mark(there, title, "Pinned").waitFor();
    await here.rowAction(title, "Turn notifications off");
    await mark(there, title, "Notifications off").waitFor();
    await there.rowAction(title, "Turn notifications on");
    await mark(here, title, "Notifications off").waitFor({ state: "detached" });
    await there.rowAction(title, "Unpin");
    await mark(here, title, "Pinned").waitFor({ state: "detached" });
}

/** Archived here, and so there; what somebody says brings it back on both. */
export async function archives(here, there, title, somebodySpeaks) {
    await here.rowAction(title, "Archive");
    for (const chat of [here, there]) await isArchived(chat, title);
    await somebodySpeaks();
    for (const chat of [here, there]) {
        await chat.row(title).waitFor();
        await chat.stage.until("the dialog to be out of the archive", async () => (await above(chat, title)) === true);
    }
}

async function isArchived(chat, title) {
    await chat.row(title).waitFor({ state: "detached" });
    const archive = chat.page.getByRole("button", { name: /^Archived/ });
    await archive.click();
    await chat.row(title).waitFor();
    expect((await above(chat, title)) === false, "an archived dialog below the archive's heading");
}

/** Whether a row stands above the archive. */
async function above(chat, title) {
    const [row, archive] = [await chat.row(title).boundingBox(), await chat.page.getByRole("button", { name: /^Archived/ }).boundingBox()];
    return row && archive && row.y < archive.y;
}
