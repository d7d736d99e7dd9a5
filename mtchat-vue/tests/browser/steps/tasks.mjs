// How long a page's thread is busy without a break, and what it holds.

const CATEGORY = "disabled-by-default-devtools.timeline";

/**
 * The tasks of pages meanwhile: `{ longest, late, frames, perFrame }`, in milliseconds of the processor's time, but `late`, the longest one by
 * the clock. On a machine that does much else a task takes several times as long by the clock as it works: others are let before it.
 */
export async function busy(stage, chat, happens) {
    const before = await frames(chat.page);
    let after = before;
    const tasks = await traced(stage.browser, async () => {
        await happens();
        after = await frames(chat.page);
    });
    if (tasks.length === 0) throw new Error("the trace has no tasks");
    const work = tasks.map(({ tdur }) => tdur / 1_000);
    return {
        longest: work.reduce((most, time) => Math.max(most, time), 0),
        late: tasks.reduce((most, { dur }) => Math.max(most, dur / 1_000), 0),
        over: work.filter((time) => time >= 50).length,
        frames: after - before,
        perFrame: work.reduce((all, time) => all + time, 0) / Math.max(1, after - before),
    };
}

/**
 * What the threads of pages did meanwhile, task by task. Only tasks are kept, as they come: what a browser tells of a minute is more than a
 * string may hold.
 */
async function traced(browser, happens) {
    const devtools = await browser.newBrowserCDPSession();
    const threads = new Set();
    const tasks = [];
    const thread = ({ pid, tid }) => `${pid}.${tid}`;
    devtools.on("Tracing.dataCollected", ({ value }) => {
        for (const event of value) {
            if (event.name === "thread_name" && event.args.name === "CrRendererMain") threads.add(thread(event));
            if (event.name === "RunTask" && event.tdur !== undefined) tasks.push({ thread: thread(event), tdur: event.tdur, dur: event.dur });
        }
    });
    const traceConfig = { recordMode: "recordContinuously", includedCategories: [CATEGORY], excludedCategories: ["*"] };
    await devtools.send("Tracing.start", { transferMode: "ReportEvents", traceConfig });
    try {
        await happens();
    } finally {
        const complete = new Promise((resolve) => devtools.once("Tracing.tracingComplete", resolve));
        await devtools.send("Tracing.end");
        await complete;
        await devtools.detach();
    }
    return tasks.filter((task) => threads.has(task.thread));
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
