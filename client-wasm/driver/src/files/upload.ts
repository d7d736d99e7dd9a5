import type { Http } from "../api/http.js";
import { ApiError } from "../errors.js";
import type { AttachmentInput, UploadView } from "../generated/core.js";
import { isAllowedFileType, isValidFileSize } from "./limits.js";
import { put } from "./put.js";

/** How to upload a file. */
export interface UploadOptions {
    /** Hears how much of the file is there, from 0 to 1; less than before when it has to begin anew. In Node only that all of it is. */
    onProgress?: (fraction: number) => void;
    /** Gives it up; the promise is broken with the signal's reason then. */
    signal?: AbortSignal;
    /** What the file is called. By default its own name. */
    filename?: string;
    /** What the file is. By default what the browser says. */
    contentType?: string;
}

/** A file of a form, or bytes that may have a name. */
export type UploadFile = Blob & { readonly name?: string };

/** How often bytes are sent once more, and how long to wait before the first time, in milliseconds; longer each time. */
const RETRIES = 3;
const FIRST_WAIT = 1_000;
/** How often a link that the store does not take is replaced. */
const NEW_LINKS = 1;

/** Brings files to where messages take them from. */
export class Uploads {
    constructor(
        private readonly http: Pick<Http, "ask">,
        private readonly load: typeof fetch,
        private readonly firstWait = FIRST_WAIT,
    ) {}

    /** Upload a file for a dialog. What comes back goes into a message. */
    async upload(dialog: string, file: UploadFile, options: UploadOptions): Promise<AttachmentInput> {
        const said = {
            filename: options.filename ?? file.name ?? "file",
            content_type: options.contentType ?? file.type,
            size: file.size,
        };
        check(said);
        const signal = options.signal ?? new AbortController().signal;
        for (let links = 0; ; links += 1) {
            const place = await unlessAborted(this.presign(dialog, said), signal);
            const status = await this.bring(file, place, signal, options.onProgress ?? (() => undefined));
            // The link's time is over, which clocks that differ may bring about at once.
            if (status === 403 && links < NEW_LINKS) continue;
            if (status < 200 || status > 299) throw refusal(status);
            options.onProgress?.(1);
            return { ...said, s3_key: place.s3_key, content_type: place.content_type };
        }
    }

    private presign(dialog: string, said: Omit<AttachmentInput, "s3_key">): Promise<UploadView> {
        return this.http.ask("POST", "/upload/presign", { dialog_id: dialog, ...said });
    }

    /** Bring the bytes there, however often that takes; the store's status comes back. A second time does no harm. */
    private async bring(
        file: Blob,
        { upload_url: url, content_type: type }: UploadView,
        signal: AbortSignal,
        onProgress: (fraction: number) => void,
    ): Promise<number> {
        for (let retries = 0; ; retries += 1) {
            try {
                const status = await put({ url, type, file, onProgress, signal }, this.load);
                if (!refusal(status).retryable || retries === RETRIES) return status;
            } catch (thrown) {
                if (!(thrown instanceof ApiError) || retries === RETRIES) throw thrown;
            }
            onProgress(0);
            // Not all at the same time, when a store comes back.
            await unlessAborted(pause(this.firstWait * 2 ** retries * (0.5 + Math.random() / 2)), signal);
        }
    }
}

/** What would be refused after the upload, or on the way to it. */
function check({ content_type: type, size }: Omit<AttachmentInput, "s3_key">): void {
    if (!isAllowedFileType(type)) throw new ApiError("UNSUPPORTED_FILE_TYPE", 0, `files of type ${type} are not accepted`);
    if (!isValidFileSize(size)) throw new ApiError("FILE_TOO_LARGE", 0, `${size} bytes are more than a file may have`);
}

function refusal(status: number): ApiError {
    return new ApiError("UPLOAD_REFUSED", status, `the file store answers with status ${status}`);
}

function pause(wait: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, wait));
}

/** What comes of a promise, or the signal's reason, whatever is first. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
        const aborted = () => reject(signal.reason as Error);
        if (signal.aborted) aborted();
        signal.addEventListener("abort", aborted);
        void promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted));
    });
}
