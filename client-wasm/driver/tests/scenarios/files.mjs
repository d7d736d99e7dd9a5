// A picture goes from one page to the other, and its links end when the reader goes.
const [WIDTH, HEIGHT] = [900, 600];

export default async function play(stage) {
    const [alice, bob] = await stage.two();
    const sent = await alice.evaluate(([width, height]) => window.chat.sendPicture(width, height), [WIDTH, HEIGHT]);
    is("progress that only grows to the end", sent.progress, (all) => all.at(-1) === 1 && all.every((one, at) => at === 0 || one >= all[at - 1]));
    is("progress while the bytes go", sent.progress, (all) => all.length > 1);
    const views = await stage.show({ alice, bob }, ["look"]);

    // Bob hears of it live, with the space that it needs, and his page shows it.
    const [heard] = await bob.evaluate(() => window.chat.files());
    is("the size of the picture", heard, ({ width, height, size }) => width === WIDTH && height === HEIGHT && size === sent.size);
    for (const [url, width] of [[heard.url, WIDTH], [heard.thumbnail_url, 640]]) {
        is(`a picture of ${width} pixels`, await bob.evaluate((url) => window.chat.shows(url), url), (shown) => shown === width);
    }
    const links = await bob.evaluate((id) => window.chat.links(id), heard.id);
    is("links of an hour", links, ({ expires_in }) => expires_in === 3600);
    is("a picture by a fresh link", await bob.evaluate((url) => window.chat.shows(url), links.url), (shown) => shown === WIDTH);
    const downloaded = new Uint8Array(await (await fetch(links.url)).arrayBuffer());
    is("the bytes that were sent", await digest(downloaded), (found) => found === sent.digest);

    // He goes, and his link with him.
    const { edges, dialog, users } = stage.script;
    const left = await fetch(`${edges[0]}/api/v1/dialogs/${dialog}/leave`, {
        method: "POST",
        headers: { authorization: `Bearer ${users.bob}` },
    });
    is("leaving", left.status, (status) => status === 200);
    const refused = await fetch(links.url, { redirect: "manual" });
    is("a link that is refused at once", refused.status, (status) => status === 404);
    is("no picture any more", await bob.evaluate((url) => window.chat.shows(`${url}&again`), links.url), (shown) => shown === 0);
    return views;
}

function is(what, found, right) {
    if (!right(found)) throw new Error(`expected ${what}, found ${JSON.stringify(found)}`);
}

async function digest(bytes) {
    return Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
}
