// The built playground in a browser: its stories, and pages that show them as they are asked to.
import { fileURLToPath } from "node:url";
import { launch } from "../../../client-wasm/driver/tests/chromium.mjs";
import { serve } from "../consumers/serve.mjs";

/** Noon of the day on which the stories happen, so that «today» is always the same. */
const NOON = Date.UTC(2026, 10, 24, 12, 0, 0);

const PLAIN = { theme: "light", locale: "en", dir: "ltr", width: null, height: null };

/** Opens the site of a folder. What comes back makes pages and ends it. */
export async function openSite(folder = fileURLToPath(new URL("../../playground/dist/", import.meta.url))) {
    const site = await serve(folder);
    const browser = await launch();
    const contexts = new Map();

    /** A page of this size; those of one sharpness share what they have loaded. */
    async function newPage({ width = 1280, height = 800, sharpness = 1 } = {}) {
        const options = { deviceScaleFactor: sharpness, reducedMotion: "reduce", locale: "en-GB", timezoneId: "Europe/Berlin" };
        if (!contexts.has(sharpness)) contexts.set(sharpness, browser.newContext(options));
        const page = await (await contexts.get(sharpness)).newPage();
        await page.addInitScript(begin, NOON);
        await page.setViewportSize({ width, height });
        return page;
    }

    return {
        newPage,
        show: (page, story, view) => show(page, site.origin, { ...PLAIN, ...view, story }),
        stories: async () => {
            const page = await newPage();
            await page.goto(`${site.origin}/`);
            const links = page.locator(".playground__families li a");
            await links.first().waitFor();
            const addresses = await links.evaluateAll((found) => found.map((link) => link.getAttribute("href")));
            await page.close();
            return addresses.map((address) => new URLSearchParams(address).get("story"));
        },
        close: async () => {
            await browser.close();
            await site.close();
        },
    };
}

/** A page begins at this moment, from which time goes on, and what another story has remembered is nothing to it. */
function begin(moment) {
    localStorage.clear();
    const Real = Date;
    const shift = moment - Real.now();
    globalThis.Date = class Date extends Real {
        constructor(...given) {
            super(...(given.length === 0 ? [Real.now() + shift] : given));
        }
        static now = () => Real.now() + shift;
    };
}

/** The story is as it shall be: its act is over, and nothing moves any more. A page that is there already goes on to it by itself. */
async function show(page, origin, view) {
    if (page.url().startsWith(origin)) {
        await page.evaluate((now) => {
            localStorage.clear();
            Object.assign(window.__view, now);
        }, view);
    } else await page.goto(`${origin}/?${new URLSearchParams(Object.entries(view).filter(([, value]) => value !== null))}&bare`);
    await page.locator(`[data-story-ready="${view.story}"]`).waitFor({ state: "attached", timeout: 30_000 });
    await settled(page);
}

/** Show what is open in another way, without opening it anew. */
export async function change(page, view) {
    await page.evaluate((now) => Object.assign(window.__view, now), view);
    await settled(page);
}

/** Two frames after the last transition. */
async function settled(page) {
    await page.evaluate(async () => {
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
        await frame();
        await frame();
        const ending = document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime));
        await Promise.all(ending.map((one) => one.finished.catch(() => undefined)));
        await frame();
    });
}
