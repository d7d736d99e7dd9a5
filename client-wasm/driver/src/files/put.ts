import { ApiError, asError } from "../errors.js";

/** Bytes on their way to the file store. */
export interface Put {
    /** Where to; it says by itself that this is allowed. */
    url: string;
    /** The `Content-Type` that the link is signed for. */
    type: string;
    file: Blob;
    /** How much of it is there, from 0 to 1. */
    onProgress(fraction: number): void;
    signal: AbortSignal;
}

/** How long nothing may move before it is given up, in milliseconds. */
const STALLED = 60_000;

/** Put them there; the store's status comes back. Only `XMLHttpRequest` tells how far it is. */
export function put(bytes: Put, load: typeof fetch): Promise<number> {
    return typeof XMLHttpRequest === "undefined" ? putByFetch(bytes, load) : putByXhr(bytes);
}

async function putByFetch({ url, type, file, signal }: Put, load: typeof fetch): Promise<number> {
    try {
        const response = await load(url, { method: "PUT", headers: { "Content-Type": type }, body: file, signal });
        await response.body?.cancel();
        return response.status;
    } catch (thrown) {
        signal.throwIfAborted();
        const cause = asError(thrown);
        throw new ApiError("NETWORK", 0, `the file store does not answer: ${cause.message}`, null, { cause });
    }
}

function putByXhr({ url, type, file, onProgress, signal }: Put): Promise<number> {
    const request = new XMLHttpRequest();
    const end = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    let stalled = false;
    const moves = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
            stalled = true;
            request.abort();
        }, STALLED);
    };
    const answered = new Promise<number>((resolve, reject) => {
        request.onload = () => resolve(request.status);
        request.onerror = () => reject(new ApiError("NETWORK", 0, "the file store does not answer"));
        request.onabort = () => reject(stalled ? new ApiError("TIMEOUT", 0, "the upload does not move any more") : signal.reason);
        request.upload.onprogress = ({ loaded, total }) => {
            moves();
            if (total > 0) onProgress(loaded / total);
        };
        signal.addEventListener("abort", () => request.abort(), { signal: end.signal });
        request.open("PUT", url);
        request.setRequestHeader("Content-Type", type);
        request.send(file);
        moves();
    });
    return answered.finally(() => {
        clearTimeout(timer);
        end.abort();
    });
}
