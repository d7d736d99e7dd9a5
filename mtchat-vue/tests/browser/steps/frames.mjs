// What the list of messages looks like after each frame that was painted: nothing may jump, not even for one frame.

/**
 * How far what is read moves meanwhile: `{ worst, final, frames, text }`, in pixels from where the first message that is whole on the screen
 * was in the list, at the worst frame and at the end.
 */
export async function drift(chat, happens) {
    await chat.timeline.evaluate(recordOne);
    await happens();
    await rest(chat);
    return chat.page.evaluate(() => window.__recorded());
}

/**
 * Whether rows go only one way while one scrolls: `down` is 1 where they go down the screen. `{ back, apart, frames }`: how far any of them
 * went the other way from one frame to the next, and how differently rows moved in the same frame.
 */
export async function oneWay(chat, down, happens) {
    await chat.timeline.evaluate(recordAll, down);
    await happens();
    await rest(chat);
    return chat.page.evaluate(() => window.__recorded());
}

/** Until nothing moves and nothing is being loaded: the same for some frames. `busy`: what is loaded is held up. */
export function rest(chat, { busy = false } = {}) {
    return chat.timeline.evaluate(
        async (list, [isBusy, most]) => {
            const state = () => `${list.scrollTop} ${list.scrollHeight} ${list.clientHeight} ${isBusy || list.getAttribute("aria-busy") !== "true"}`;
            const end = performance.now() + most;
            for (let same = 0, last = ""; same < 15; ) {
                await new Promise(requestAnimationFrame);
                const now = state();
                same = now === last && now.endsWith("true") ? same + 1 : 0;
                last = now;
                if (performance.now() > end) throw new Error(`the list does not come to rest: ${now}`);
            }
        },
        [busy, 20_000],
    );
}

/** Pixels below what is to be seen. */
export function below(chat) {
    return chat.timeline.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight);
}

/** Turn the wheel over the list, by so many pixels at a time. */
export async function wheel(chat, pixels, times = 1) {
    const { x, y, width, height } = await chat.timeline.boundingBox();
    await chat.page.mouse.move(x + width / 2, y + height / 2);
    for (let turn = 0; turn < times; turn += 1) await chat.page.mouse.wheel(0, pixels);
}

/** Runs in the page. A message comes right after the frame: what it finds is what was painted. */
function recordOne(list) {
    const rows = [...list.querySelectorAll("article")];
    const place = (row) => row.getBoundingClientRect().top - list.getBoundingClientRect().top;
    const [first] = rows.filter((row) => place(row) >= 0).sort((one, other) => place(one) - place(other));
    if (first === undefined) throw new Error("no message is whole on the screen");
    const id = first.dataset.messageId;
    const seen = { worst: 0, final: 0, frames: 0, text: first.textContent.trim().slice(0, 40) };
    const start = place(first);
    const { port1, port2 } = new MessageChannel();
    let isOver = false;
    port1.onmessage = () => {
        const row = list.querySelector(`[data-message-id="${id}"]`);
        seen.final = row === null ? Infinity : Math.abs(place(row) - start);
        seen.worst = Math.max(seen.worst, seen.final);
        seen.frames += 1;
    };
    const look = () => {
        if (isOver) return;
        port2.postMessage(0);
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    window.__recorded = () => {
        isOver = true;
        return seen;
    };
}

function recordAll(list, down) {
    const seen = { back: 0, apart: 0, frames: 0 };
    const { port1, port2 } = new MessageChannel();
    let isOver = false;
    let before = new Map();
    port1.onmessage = () => {
        const { top, bottom } = list.getBoundingClientRect();
        const now = new Map();
        for (const row of list.querySelectorAll("article")) {
            const place = row.getBoundingClientRect();
            if (place.bottom > top && place.top < bottom) now.set(row.dataset.messageId, place.top);
        }
        const moves = [...now].filter(([id]) => before.has(id)).map(([id, place]) => (place - before.get(id)) * down);
        before = now;
        seen.frames += 1;
        if (moves.length === 0) return;
        seen.back = Math.max(seen.back, -Math.min(...moves));
        seen.apart = Math.max(seen.apart, Math.max(...moves) - Math.min(...moves));
    };
    const look = () => {
        if (isOver) return;
        port2.postMessage(0);
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    window.__recorded = () => {
        isOver = true;
        return seen;
    };
}
