import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const pdf = vi.hoisted(() => ({ getDocument: vi.fn(), PDFWorker: vi.fn() }));
const startWorker = vi.hoisted(() => vi.fn());
vi.mock("pdfjs-dist/legacy/build/pdf.mjs", () => pdf);
vi.mock("pdfjs-dist/legacy/build/pdf.worker.min.mjs", () => ({ WorkerMessageHandler: "the program" }));
vi.mock("./worker-source.js", () => ({ default: "program" }));
vi.mock("./worker.js", () => ({ startWorker }));

const page = globalThis as { pdfjsWorker?: { WorkerMessageHandler: unknown } };
const destroy = vi.fn(async () => {});
const loads = (promise: Promise<unknown>) => pdf.getDocument.mockReturnValue({ promise, destroy });
const named = (name: string) => Object.assign(new Error(name), { name });

/** Fresh each time: the worker is kept as long as the page is there. */
async function open(signal = new AbortController().signal) {
    const { openPdf } = await import("./documents.js");
    return openPdf("https://files.example/bill.pdf", signal);
}

beforeEach(() => {
    vi.resetModules();
    vi.clearAllMocks();
    startWorker.mockResolvedValue({ postMessage() {} });
    loads(Promise.resolve({ numPages: 3 }));
});
afterEach(() => {
    delete page.pdfjsWorker;
});

describe("opening a document", () => {
    it("is done by a worker, one for all documents, and runs nothing of the document", async () => {
        const opened = await open();
        await open();
        expect(opened.document.numPages).toBe(3);
        expect(startWorker).toHaveBeenCalledExactlyOnceWith("program");
        expect(pdf.PDFWorker).toHaveBeenCalledOnce();
        expect(pdf.getDocument.mock.calls[0]![0]).toMatchObject({ url: "https://files.example/bill.pdf", isEvalSupported: false, enableXfa: false });
        opened.close();
        expect(destroy).toHaveBeenCalledOnce();
    });

    it("is done in the page where workers are forbidden", async () => {
        startWorker.mockResolvedValue(null);
        await open();
        expect(page.pdfjsWorker?.WorkerMessageHandler).toBe("the program");
        expect(pdf.getDocument.mock.calls[0]![0]).not.toHaveProperty("worker");
    });

    it("takes what the host serves along", async () => {
        const { setPdfAssets } = await import("./assets.js");
        setPdfAssets({ cMapUrl: "https://host.example/cmaps/" });
        await open();
        expect(pdf.getDocument.mock.calls[0]![0]).toMatchObject({ cMapUrl: "https://host.example/cmaps/", cMapPacked: true });
    });

    it.each([
        ["PasswordException", "password"],
        ["InvalidPDFException", "broken"],
        ["FormatError", "broken"],
        ["ResponseException", "unreachable"],
        ["UnknownErrorException", "unreachable"],
    ])("says why it failed: %s → %s", async (name, failure) => {
        loads(Promise.reject(named(name)));
        await expect(open()).rejects.toMatchObject({ failure });
        expect(destroy).toHaveBeenCalledOnce();
    });

    it("ends when nobody wants to see it any more", async () => {
        const leave = new AbortController();
        let fail!: (error: Error) => void;
        loads(new Promise((_resolve, reject) => (fail = reject)));
        const opening = open(leave.signal);
        await vi.waitFor(() => expect(pdf.getDocument).toHaveBeenCalled());
        leave.abort();
        expect(destroy).toHaveBeenCalledOnce();
        fail(named("AbortException"));
        await expect(opening).rejects.toMatchObject({ name: "AbortError" });
    });
});
