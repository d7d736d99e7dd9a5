// Answers and pictures that come when the scenario says so.

/**
 * Hold requests of a page up of which `fits(url, type)` is true, until they are let go. `asked()` waits for the first one, or for so many;
 * `release()` lets these and all later ones go.
 */
export async function hold(stage, page, fits) {
    const waiting = [];
    let isOpen = false;
    let count = 0;
    let answered = 0;
    const keep = async (route) => {
        const request = route.request();
        if (!fits(request.url(), request.resourceType())) return route.fallback();
        count += 1;
        if (!isOpen) await new Promise((resolve) => waiting.push(resolve));
        answered += 1;
        await route.continue().catch(() => undefined);
    };
    await page.route("**/*", keep);
    return {
        asked: (least = 1) => stage.until(`${least} requests that are held up`, () => count >= least),
        get count() {
            return count;
        },
        /** How many were let go. */
        get answered() {
            return answered;
        },
        release() {
            isOpen = true;
            for (const go of waiting.splice(0)) go();
        },
        async end() {
            this.release();
            await page.unroute("**/*", keep);
        },
    };
}

/** Pages of messages before others, and around one; not the newest ones. */
export const isEarlier = (url) => /\/messages\?.*before=/.test(url);
export const isAround = (url) => /\/messages\?.*around=/.test(url);
export const isPicture = (_url, type) => type === "image";
