import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startWorker } from "./worker.js";

/** What a browser does with a worker, as a test says. */
let behave: (worker: FakeWorker) => void = () => {};
const workers: FakeWorker[] = [];
class FakeWorker {
    onmessage: ((event: unknown) => void) | null = null;
    onerror: ((event: unknown) => void) | null = null;
    isEnded = false;
    constructor(readonly url: string) {
        workers.push(this);
        behave(this);
    }
    terminate() {
        this.isEnded = true;
    }
}

beforeEach(() => {
    workers.length = 0;
    vi.stubGlobal("Worker", FakeWorker);
    vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:program");
    vi.spyOn(URL, "revokeObjectURL").mockReturnValue();
});
afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    vi.useRealTimers();
});

describe("a worker out of a text", () => {
    it("is there when it says something", async () => {
        behave = (worker) => queueMicrotask(() => worker.onmessage?.({}));
        expect(await startWorker("program")).toBe(workers[0]);
        expect(workers[0]!.url).toBe("blob:program");
        expect(URL.revokeObjectURL).toHaveBeenCalledWith("blob:program");
    });

    it.each([
        ["by an error", (worker: FakeWorker) => queueMicrotask(() => worker.onerror?.({ preventDefault() {} }))],
        [
            "by throwing",
            () => {
                throw new DOMException("policy", "SecurityError");
            },
        ],
    ])("is none where the policy forbids it %s", async (_how, how) => {
        behave = how;
        expect(await startWorker("program")).toBeNull();
    });

    it("is none when it never begins", async () => {
        vi.useFakeTimers();
        behave = () => {};
        const started = startWorker("program");
        await vi.advanceTimersByTimeAsync(8_000);
        expect(await started).toBeNull();
        expect(workers[0]!.isEnded).toBe(true);
    });
});
