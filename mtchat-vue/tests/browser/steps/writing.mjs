// Text with everything in it, a mention by the suggestion, a link by its dialog, and files by all ways.
import { PATIENCE, expect } from "../stage.mjs";
import { areUploaded, choose, drag, isPictured, paste, pdf, png } from "./files.mjs";

export async function writesRichText(chat) {
    const { page } = chat;
    const { keyboard } = page;
    await chat.write("Please ");
    await keyboard.press("Control+b");
    await keyboard.type("confirm");
    await keyboard.press("Control+b");
    await keyboard.type(" the pick-up, @jon");
    const people = page.getByRole("listbox", { name: "People to mention" });
    await people.getByRole("option", { name: /Jonas Weber/ }).waitFor();
    expect((await people.getByRole("option").count()) === 1, "one person for «jon»", await people.innerText());
    await keyboard.press("Enter");
    await people.waitFor({ state: "hidden" });
    await keyboard.type("and look at ");
    await keyboard.press("Control+Shift+L");
    const dialog = chat.dialog("Insert a link");
    await dialog.getByLabel("Address").fill("northwind.example/orders/1042");
    await dialog.getByLabel("Text").fill("the order");
    await dialog.getByRole("button", { name: "Apply" }).click();
    await dialog.waitFor({ state: "hidden" });
    await keyboard.press("Shift+Enter");
    await chat.button("Formatting").click();
    await page.getByRole("toolbar", { name: "Text formatting" }).getByRole("button", { name: "Bulleted list" }).click();
    await keyboard.type("12 pallets");
    await keyboard.press("Enter");
    await keyboard.type("one crane");
}

export async function attachesFiles(chat) {
    await choose(chat, png("loading-bay.png", 320, 200), await pdf("bill-of-lading.pdf"));
    await paste(chat, png("from-clipboard.png", 120, 90, [20, 140, 90]));
    const drop = await drag(chat, png("dropped.png", 90, 120, [190, 80, 40]));
    await chat.page.getByText("Drop files to attach them").waitFor();
    await drop();
    await areUploaded(chat, "loading-bay.png", "bill-of-lading.pdf", "from-clipboard.png", "dropped.png");
}

export async function sendsAll(chat) {
    await chat.editor();
    await chat.page.keyboard.press("Control+Enter");
    await chat.isSent("12 pallets");
    await chat.button("Formatting").click();
}

/** A file that the store did not take may be tried again; one that nobody takes is refused at once. Neither is sent. */
export async function retriesUpload(chat) {
    const { page } = chat;
    let isBroken = true;
    const isUpload = (request) => request.method() === "PUT" && !request.url().startsWith(chat.settings.baseUrl);
    const cut = (route) => (isBroken && isUpload(route.request()) ? route.abort() : route.continue());
    await page.route("**/*", cut);
    await choose(chat, png("second-try.png"));
    const retry = chat.button("Try second-try.png again");
    // The client has tried it again by itself before.
    await retry.waitFor({ timeout: 2 * PATIENCE });
    expect(!(await chat.button("Send").isEnabled()), "nothing to be sent with a file that failed");
    isBroken = false;
    await retry.click();
    await areUploaded(chat, "second-try.png");
    await page.unroute("**/*", cut);

    await choose(chat, { name: "program.exe", mimeType: "application/x-msdownload", buffer: Buffer.from("MZ") });
    await page.getByText("Files of this type can not be sent.").waitFor();
    expect(!(await chat.button("Send").isEnabled()), "nothing to be sent with a file that is refused");
    await chat.button("Remove program.exe").click();
    await chat.button("Send").click();
    await isPictured(chat, "second-try.png");
}

/** All of it is there for somebody: marks, list, link, the mention that stands out, pictures that can be seen. */
export async function sawRichText(chat) {
    const message = await chat.sees("12 pallets");
    await message.getByRole("strong").filter({ hasText: "confirm" }).waitFor();
    const items = await message.getByRole("listitem").allInnerTexts();
    expect(items.slice(0, 2).join("|") === "12 pallets|one crane", "a list of two", items);
    const link = message.getByRole("link", { name: "the order" });
    expect((await link.getAttribute("href")) === "https://northwind.example/orders/1042", "a link with https", await link.getAttribute("href"));
    const mention = message.getByText("@Jonas Weber", { exact: true });
    const [shade, weight] = await mention.evaluate((element) => [getComputedStyle(element).backgroundColor, getComputedStyle(element).fontWeight]);
    expect(shade !== "rgba(0, 0, 0, 0)" || Number(weight) >= 500, "a mention that stands out", { shade, weight });
    for (const name of ["loading-bay.png", "from-clipboard.png", "dropped.png"]) await isPictured(chat, name);
    await message.getByText("bill-of-lading.pdf").waitFor();
}

/** The viewer goes through the files in order, pages of a PDF with them, and gives the focus back. */
export async function viewsFiles(chat) {
    const { page } = chat;
    await chat.timeline.getByRole("button", { name: /^Open loading-bay\.png/ }).click();
    const viewer = page.getByRole("dialog", { name: "File viewer" });
    await viewer.getByText("1 of 4", { exact: true }).waitFor();
    await page.keyboard.press("ArrowRight");
    await viewer.getByText("2 of 4", { exact: true }).waitFor();
    const canvas = viewer.locator("canvas").first();
    await chat.stage.until("a page of the PDF", () => canvas.evaluate((canvas) => canvas.width > 50).catch(() => false));
    await page.keyboard.press("Escape");
    await viewer.waitFor({ state: "hidden" });
}
