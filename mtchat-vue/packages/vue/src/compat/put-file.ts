import { asError, isAbortError, RequestError } from "./errors.js";

/** What is declared of a file of which nothing is known. */
export const UNDETECTED = "application/octet-stream";

/** How long nothing may move before it is given up, in milliseconds. */
const STALLED = 60_000;

export interface PutOptions {
    /** Hears 0–100. */
    onProgress?: (percent: number) => void;
    signal?: AbortSignal;
}

/** Put a file where a link says. Only `XMLHttpRequest` tells how far it is; without, one hears of the end. */
export function putFile(url: string, file: Blob, options: PutOptions = {}): Promise<void> {
    const type = file.type || UNDETECTED;
    return typeof XMLHttpRequest === "undefined" ? byFetch(url, file, type, options) : byXhr(url, file, type, options);
}

async function byFetch(url: string, file: Blob, type: string, { onProgress, signal }: PutOptions): Promise<void> {
    const init: RequestInit = { method: "PUT", headers: { "Content-Type": type }, body: file };
    if (signal) init.signal = signal;
    const response = await fetch(url, init).catch((thrown: unknown) => {
        if (isAbortError(thrown)) throw thrown;
        throw silent(thrown);
    });
    await response.body?.cancel();
    if (!response.ok) throw refused(response.status);
    onProgress?.(100);
}

function byXhr(url: string, file: Blob, type: string, { onProgress, signal }: PutOptions): Promise<void> {
    const request = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout>;
    let stalled = false;
    const moves = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
            stalled = true;
            request.abort();
        }, STALLED);
    };
    const giveUp = () => request.abort();
    const brought = new Promise<void>((resolve, reject) => {
        request.onload = () => (request.status >= 200 && request.status < 300 ? resolve() : reject(refused(request.status)));
        request.onerror = () => reject(silent(new Error("the file store does not answer")));
        request.onabort = () => reject(stalled ? silent(new Error("the upload does not move any more")) : abortion(signal));
        request.upload.onprogress = ({ loaded, total }) => {
            moves();
            if (total > 0) onProgress?.(Math.min(100, Math.round((loaded / total) * 100)));
        };
        if (signal?.aborted) return reject(abortion(signal));
        signal?.addEventListener("abort", giveUp);
        request.open("PUT", url);
        request.setRequestHeader("Content-Type", type);
        request.send(file);
        moves();
    });
    return brought
        .then(() => onProgress?.(100))
        .finally(() => {
            clearTimeout(timer);
            signal?.removeEventListener("abort", giveUp);
        });
}

function refused(status: number): RequestError {
    return new RequestError(`HTTP ${status}`, "UPLOAD_REFUSED", status);
}

function silent(thrown: unknown): RequestError {
    const cause = asError(thrown);
    return new RequestError(cause.message, "NETWORK", 0, { cause });
}

function abortion(signal: AbortSignal | undefined): unknown {
    return signal?.reason ?? new DOMException("given up", "AbortError");
}
