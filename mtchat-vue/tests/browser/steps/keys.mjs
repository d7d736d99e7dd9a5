// A keyboard, and nothing else: where the focus goes, that it can be seen there, and that it is never lost.
import { expect } from "../stage.mjs";

export class Keys {
    constructor(chat) {
        this.chat = chat;
        this.page = chat.page;
    }

    /** Press a key; what has the focus afterwards can be seen. */
    async press(key, why = key) {
        await this.page.keyboard.press(key);
        return this.isSeen(why);
    }

    /** Tab, or Shift+Tab, until this has the focus. Everything on the way can be seen. */
    async tabTo(locator, what, { back = false, most = 40 } = {}) {
        await locator.first().waitFor();
        const way = [];
        for (let step = 0; step < most; step += 1) {
            if (await isFocused(locator)) return way;
            way.push(await this.press(back ? "Shift+Tab" : "Tab", `on the way to ${what}`));
        }
        throw new Error(`${what} cannot be reached by ${back ? "Shift+Tab" : "Tab"}: ${way.join(" → ")}`);
    }

    /** Wait until this has the focus, and it can be seen. */
    async holds(locator, what) {
        await this.chat.stage.until(`the focus on ${what}, it is on ${await this.where()}`, () => isFocused(locator), 5_000);
        await this.isSeen(what);
    }

    async where() {
        return (await this.page.evaluate(focus)).name;
    }

    /** The focus is on something that is in view and looks as if it had it. */
    async isSeen(why) {
        let now = null;
        // What takes the focus over (a menu, a dialog, a panel) may need a frame or a chunk first.
        await this.chat.stage
            .until("focus", async () => ((now = await this.page.evaluate(focus)), now.isThere && now.isInView && now.isMarked), 4_000)
            .catch(() => undefined);
        expect(now.isThere, `the focus not to be lost (${why})`, now.name);
        expect(now.isInView, `the focus in view (${why})`, now);
        expect(now.isMarked, `the focus to be marked (${why})`, now);
        return now.name;
    }
}

function isFocused(locator) {
    return locator.evaluateAll((elements) => {
        let active = document.activeElement;
        while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
        return elements.includes(active);
    });
}

/** In the page: what has the focus, and how it looks. */
function focus() {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    const name = `${active.tagName.toLowerCase()}.${String(active.className?.baseVal ?? active.className).split(" ")[0]} «${active.getAttribute("aria-label") ?? active.textContent.trim().slice(0, 30)}»`;
    if (active === document.body || active === document.documentElement) return { name, isThere: false };
    const hasSign = (style) => (style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
    // A control that is only there for assistive technology is drawn by its label.
    const drawn = [active, active.nextElementSibling, active.parentElement, active.parentElement?.parentElement, active.closest(".mtchat-composer__box")].filter(Boolean);
    const isMarked = drawn.some((element) => (element === active ? active.matches(":focus-visible") : element.matches(":focus-within, :focus-visible + *")) && hasSign(getComputedStyle(element)));
    const { top, bottom, left, right, width, height } = active.getBoundingClientRect();
    const isInView = width > 0 && height > 0 && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth && active.checkVisibility({ visibilityProperty: true });
    return { name, isThere: true, isInView, isMarked, box: [left, top, width, height].map(Math.round) };
}
