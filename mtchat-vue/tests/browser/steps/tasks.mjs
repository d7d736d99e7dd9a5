// How long a page's thread is busy without a break, and what it holds.

const CATEGORY = "disabled-by-default-devtools.timeline";

/**
 * The tasks of pages meanwhile: `{ longest, late, frames, perFrame }`, in milliseconds of the processor's time, but `late`, the longest one by
 * the clock. On a machine that does much else a task takes several times as long by the clock as it works: others are let before it.
 */
export async function busy(stage, chat, happens) {
    await stage.browser.startTracing(chat.page, { categories: [CATEGORY] });
    let trace;
    const before = await frames(chat.page);
    try {
        await happens();
    } finally {
        const after = await frames(chat.page).catch(() => before);
        trace = { count: after - before, events: JSON.parse((await stage.browser.stopTracing()).toString()).traceEvents };
    }
    const threads = new Set(trace.events.filter(isMainThread).map(({ pid, tid }) => `${pid}.${tid}`));
    const tasks = trace.events.filter(({ name, pid, tid, tdur }) => name === "RunTask" && tdur !== undefined && threads.has(`${pid}.${tid}`));
    if (tasks.length === 0) throw new Error("the trace has no tasks");
    const work = tasks.map(({ tdur }) => tdur / 1_000);
    return {
        longest: Math.max(...work),
        late: Math.max(...tasks.map(({ dur }) => dur / 1_000)),
        over: work.filter((time) => time >= 50).length,
        frames: trace.count,
        perFrame: work.reduce((all, time) => all + time, 0) / Math.max(1, trace.count),
    };
}

function isMainThread({ name, args }) {
    return name === "thread_name" && args.name === "CrRendererMain";
}

/** Frames that were painted so far; the first call begins to count. */
function frames(page) {
    return page.evaluate(() => {
        if (window.__frames === undefined) {
            window.__frames = 0;
            const count = () => {
                window.__frames += 1;
                requestAnimationFrame(count);
            };
            requestAnimationFrame(count);
        }
        return window.__frames;
    });
}

/** What a page holds after its garbage was collected: megabytes of JavaScript, and elements in the page. */
export async function held(page) {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("HeapProfiler.collectGarbage");
    const { usedSize } = await devtools.send("Runtime.getHeapUsage");
    await devtools.detach();
    return { megabytes: usedSize / 1_000_000, elements: await page.locator("*").count() };
}

/** A machine that does much else takes several times as long: then only what is far over the bound is a mistake. `MTCHAT_STRICT=1`, on one that has nothing else to do, holds to it. */
export const LENIENCE = process.env.MTCHAT_STRICT === "1" ? 1 : 5;
