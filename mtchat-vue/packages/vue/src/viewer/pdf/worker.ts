/** Long enough for a megabyte of program to begin on a slow phone. */
const BEGINS = 8_000;

/**
 * A worker that reads documents, from a program that comes as text: no bundler has to understand where its file is. `null`: the page's
 * policy forbids workers of that kind (`worker-src blob:`), or they do not begin.
 */
export async function startWorker(source: string): Promise<Worker | null> {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    try {
        const worker = new Worker(address, { type: "module", name: "mtchat-pdf" });
        if (await begins(worker)) return worker;
        worker.terminate();
        return null;
    } catch {
        // Some browsers throw where others tell by an event that it is forbidden.
        return null;
    } finally {
        URL.revokeObjectURL(address);
    }
}

/** The program says something as soon as it runs. */
function begins(worker: Worker): Promise<boolean> {
    return new Promise((resolve) => {
        const timer = setTimeout(() => end(false), BEGINS);
        const end = (runs: boolean) => {
            clearTimeout(timer);
            worker.onmessage = null;
            worker.onerror = null;
            resolve(runs);
        };
        worker.onmessage = () => end(true);
        worker.onerror = (event) => {
            event.preventDefault();
            end(false);
        };
    });
}
