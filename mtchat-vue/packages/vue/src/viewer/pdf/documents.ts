import type { PDFDocumentProxy, PDFWorker } from "pdfjs-dist";
import { pdfAssets } from "./assets.js";
import { startWorker } from "./worker.js";

export type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";

/** Why a document can not be shown. */
export type PdfFailure = "password" | "broken" | "unreachable";

export class PdfError extends Error {
    constructor(
        readonly failure: PdfFailure,
        cause: unknown,
    ) {
        super(`The document can not be shown: ${failure}`, { cause });
    }
}

export interface OpenPdf {
    readonly document: PDFDocumentProxy;
    close(): void;
}

/** Open a document. The reader of documents, a large program, is loaded by the first one. */
export async function openPdf(url: string, signal: AbortSignal): Promise<OpenPdf> {
    // The build for browsers that are some years old.
    const loaded = import("pdfjs-dist/legacy/build/pdf.mjs");
    reader ??= startReader(loaded);
    // What could not be loaded now may be another time.
    reader.catch(() => (reader = undefined));
    const [pdf, worker] = await Promise.all([loaded, reader]);
    signal.throwIfAborted();
    // A document is somebody's file: nothing of it is run, and its forms are pictures.
    const loading = pdf.getDocument({
        url,
        ...pdfAssets(),
        cMapPacked: true,
        isEvalSupported: false,
        enableXfa: false,
        stopAtErrors: false,
        ...(worker ? { worker } : {}),
    });
    const close = () => void loading.destroy().catch(() => undefined);
    signal.addEventListener("abort", close, { once: true });
    try {
        return { document: await loading.promise, close };
    } catch (error) {
        close();
        signal.throwIfAborted();
        throw new PdfError(failureOf(error), error);
    }
}

/** One for all documents, as long as the page is there. */
let reader: Promise<PDFWorker | null> | undefined;

async function startReader(loaded: Promise<{ PDFWorker: typeof PDFWorker }>): Promise<PDFWorker | null> {
    const [{ PDFWorker }, source] = await Promise.all([loaded, import("./worker-source.js")]);
    const port = await startWorker(source.default);
    // Its types know no port.
    if (port) return new PDFWorker({ port } as unknown as ConstructorParameters<typeof PDFWorker>[0]);
    // pdf.js looks for the program there and then does the work in the page.
    (globalThis as { pdfjsWorker?: unknown }).pdfjsWorker ??= await import("pdfjs-dist/legacy/build/pdf.worker.min.mjs");
    return null;
}

function failureOf(error: unknown): PdfFailure {
    const name = error instanceof Error ? error.name : "";
    if (name === "PasswordException") return "password";
    return name === "InvalidPDFException" || name === "FormatError" ? "broken" : "unreachable";
}
