// What a page of a consumer must show in a browser.
import { serve } from "./serve.mjs";

const PATIENCE = 30_000;

/** Open a page of a folder, and see that this many chats are there, each with its styles. */
export async function seeChats(browser, folder, path = "", { chats = 1, headers = {} } = {}) {
    const files = await serve(folder, headers);
    const context = await browser.newContext({ viewport: { width: 1024, height: 700 } });
    const broken = [];
    try {
        const page = await context.newPage();
        page.on("pageerror", (error) => broken.push(error.message));
        await page.goto(`${files.origin}/${path}`);
        // Playwright's selectors look into shadow roots.
        const roots = page.locator(".mtchat:not(.mtchat-prime__overlays)");
        await roots.nth(chats - 1).waitFor({ state: "attached", timeout: PATIENCE }).catch((error) => broken.push(error.message));
        const seen = await roots.evaluateAll(look);
        if (broken.length > 0) throw new Error(`the page is broken: ${broken.join("; ")}`);
        if (seen.length !== chats) throw new Error(`there are ${seen.length} chats, not ${chats}`);
        for (const chat of seen) if (!chat.isStyled) throw new Error(`a chat without its styles: ${JSON.stringify(chat)}`);
    } finally {
        await context.close();
        await files.close();
    }
}

/** Runs in the page, and so may use nothing from here. */
function look(roots) {
    return roots.map((root) => {
        const token = getComputedStyle(root).getPropertyValue("--mtchat-bg").trim();
        const { width, height } = root.getBoundingClientRect();
        return { token, width, height, isStyled: token !== "" && width > 100 && height > 100 };
    });
}
