import type { ErrorCode } from "./generated/core.js";

/** What can go wrong beside requests; see {@link ClientError}. */
export type ClientErrorCode =
    /** The client was closed meanwhile. */
    | "closed"
    /** The core broke and was replaced by a new one. It is told for information, unless the connection has ended with it. */
    | "core_broken"
    /** The token is of another user than the one that this client was made for. */
    | "other_user"
    /** What was wanted can not be understood (an id that is none, for instance), or would break the core. */
    | "refused"
    /** A socket could not be made at all: the address is wrong, or the page may not connect there. */
    | "socket"
    /** Something could not be kept, or what was kept could not be read. The chat goes on without. */
    | "storage"
    /** `getToken` threw, or took too long. */
    | "token"
    /** The token does not say whose it is, and the option `user` is missing. */
    | "user_unknown"
    /** The page's Content-Security-Policy forbids WebAssembly: its `script-src` needs `'wasm-unsafe-eval'`. */
    | "wasm_forbidden"
    /** There is no WebAssembly here. */
    | "wasm_missing"
    /** The program of the core could not be loaded. */
    | "wasm_unavailable";

/** What goes wrong beside requests. It comes with the event `error`. */
export class ClientError extends Error {
    override readonly name = "ClientError";

    constructor(
        /** What went wrong, for programs. */
        readonly code: ClientErrorCode,
        message: string,
        options?: ErrorOptions,
    ) {
        super(message, options);
    }
}

/** Why a request has no good answer: a code of the server, or one of these. */
export type ApiErrorCode =
    | ErrorCode
    /** No answer came: it may have happened or not. */
    | "NETWORK"
    /** There is no token. */
    | "NO_TOKEN"
    /** No answer came in time: it may have happened or not. */
    | "TIMEOUT"
    /** What came is not of this server: a proxy's page, for instance. */
    | "UNREADABLE"
    /** The file store does not take the bytes; the status is the store's. */
    | "UPLOAD_REFUSED";

/** Answers below 500 after which the same may go well. */
const RETRYABLE = [408, 425, 429];

/** What went wrong with a request. */
export class ApiError extends Error {
    override readonly name = "ApiError";

    constructor(
        /** What went wrong, for programs. */
        readonly code: ApiErrorCode,
        /** The status of the answer; 0 when none came, or nothing was asked. */
        readonly status: number,
        message: string,
        /** After how many seconds it may go well; `null`: the server did not say. */
        readonly retryAfter: number | null = null,
        options?: ErrorOptions,
    ) {
        super(message, options);
    }

    /** Whether the same may go well another time. */
    get retryable(): boolean {
        const silent = this.code === "NETWORK" || this.code === "TIMEOUT";
        return silent || this.status >= 500 || RETRYABLE.includes(this.status);
    }
}

/** What was thrown, as an error. */
export function asError(thrown: unknown): Error {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
}
