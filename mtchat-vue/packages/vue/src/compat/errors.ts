/** What went wrong with a request. The message is the server's, for people. */
export class RequestError extends Error {
    override readonly name: string = "RequestError";

    constructor(
        message: string,
        /** What went wrong, for programs: a code of the server, or `NETWORK`, `UNREADABLE`, `UPLOAD_REFUSED`. */
        readonly code: string,
        /** The status of the answer; 0: none came. */
        readonly status: number,
        options?: ErrorOptions,
    ) {
        super(message, options);
    }
}

/** Whether this is only that somebody gave up waiting. */
export function isAbortError(thrown: unknown): boolean {
    return typeof thrown === "object" && thrown !== null && (thrown as { name?: unknown }).name === "AbortError";
}

/** What was thrown, as an error. */
export function asError(thrown: unknown): Error {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
}
