// Answers and pictures that come when the scenario says so.

/**
 * Hold requests of a page up whose address fits, until they are let go. `asked()` waits for the first one, or for so many; `release()`
 * lets these and all later ones go.
 */
export async function hold(stage, page, fits) {
    let waiting = [];
    let isOpen = false;
    let count = 0;
    const matches = (url) => fits.test(url.href);
    const keep = async (route) => {
        count += 1;
        if (!isOpen) await new Promise((resolve) => waiting.push(resolve));
        await route.continue().catch(() => undefined);
    };
    await page.route(matches, keep);
    return {
        asked: (least = 1) => stage.until(`${least} requests like ${fits}`, () => count >= least),
        get count() {
            return count;
        },
        async release() {
            isOpen = true;
            for (const go of waiting.splice(0)) go();
            // Those that are under way still come through the route.
        },
        async end() {
            await this.release();
            await page.unroute(matches, keep);
        },
    };
}
