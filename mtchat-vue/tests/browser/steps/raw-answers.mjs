// A server that has no sanitiser: what it says comes into a page with attempts in all places where there is text.

/** Texts of people and hosts, by the names that they have on the wire. */
const NAMES = new Set(["title", "display_name", "company", "filename", "sender_name", "email", "phone", "name", "value", "text", "snippet"]);

/** Put the corpus into whatever this page hears of the server. `raw12raw` in a message is the attempt with this number. */
export async function speakRaw(page, { origin, edge, attempts: { all, urls } }) {
    // Addresses of pictures that are ones would be asked for, and rightly.
    const media = urls.filter((url) => !/^[\s]*https?:\/\//iu.test(url));
    // The client's core takes no answer that has a null in a name, for no server's database has one.
    const names = all.filter((text) => !text.includes("\u0000"));
    const next = turns(names);
    const speak = spoken({ all, next, nextUrl: turns(urls.filter((url) => names.includes(url))), nextMedia: turns(media) });
    await page.route((url) => url.origin === edge && url.pathname.startsWith("/api/v1/"), async (route) => {
        // Playwright leaves the origin out, and without one the server exposes no headers to the page.
        const asked = { headers: { ...route.request().headers(), origin } };
        const response = await route.fetch(asked).catch(() => null);
        if (response === null) return route.abort().catch(() => undefined);
        if (!response.headers()["content-type"]?.includes("json")) return route.fulfill({ response }).catch(() => undefined);
        const body = await response.text();
        const headers = { ...response.headers() };
        delete headers["content-encoding"];
        delete headers["content-length"];
        await route.fulfill({ status: response.status(), headers, body: rewritten(body, speak) }).catch(() => undefined);
    });
    await page.routeWebSocket((url) => url.pathname === "/api/v1/ws", (socket) => {
        const server = socket.connectToServer();
        server.onMessage((frame) => socket.send(typeof frame === "string" ? rewritten(frame, speak) : frame));
    });
}

function rewritten(text, speak) {
    try {
        return JSON.stringify(speak(JSON.parse(text)));
    } catch {
        return text;
    }
}

/** One after the other, and from the beginning again. */
function turns(list) {
    let at = 0;
    return () => list[at++ % list.length];
}

function spoken({ all, next, nextUrl, nextMedia }) {
    const numbered = (text) => text.replace(/raw(\d+)raw/gu, (_, number) => all[Number(number) % all.length]);
    const system = (text) => {
        try {
            return JSON.stringify(speak(JSON.parse(text), "system"));
        } catch {
            return numbered(text);
        }
    };
    const say = (name, text) => {
        if (name === "content") return text.startsWith("{") ? system(text) : text.includes("raw") ? numbered(text) : next();
        if (name === "object_url" || name === "link") return nextUrl();
        if (name === "url" || name === "thumbnail_url") return nextMedia();
        if (NAMES.has(name)) return next();
        return text;
    };
    const speak = (value, name = "") => {
        if (typeof value === "string") return say(name, value);
        if (Array.isArray(value)) return value.map((one) => speak(one, name));
        if (typeof value !== "object" || value === null) return value;
        // A frame's own name is no text.
        return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, key === "type" || key === "event" ? one : speak(one, key)]));
    };
    return speak;
}
