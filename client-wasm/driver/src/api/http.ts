import { secondsOf } from "../driver/requests.js";
import { ApiError, asError } from "../errors.js";
import type { ErrorCode } from "../generated/core.js";
import type { Tokens } from "../tokens.js";

/** How long an answer may take, in milliseconds. */
const PATIENCE = 20_000;

/** The server's API in the name of one user. */
export class Http {
    /** The newest position that a write was answered with: reads see at least that. */
    private position: string | null = null;

    constructor(
        private readonly base: () => string,
        private readonly tokens: Tokens,
        private readonly load: typeof fetch,
    ) {}

    /** The `data` of an answer, or what is beside it where it has none. */
    async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
        return (await this.answer<T>(method, path, body)).data;
    }

    /** The same, and where the next page begins; `null`: there is none. */
    async answer<T>(method: string, path: string, body?: unknown): Promise<{ data: T; next: string | null }> {
        const token = await this.token(null);
        const first = await this.send(method, path, body, token);
        // Once more with another token: this one may have ended a moment ago.
        const response = first.status === 401 ? await this.send(method, path, body, await this.token(token)) : first;
        const text = await this.text(response);
        const answer = parsed(text);
        if (!response.ok) throw refusal(response, answer);
        if (method !== "GET") this.position = response.headers.get("Mtchat-Position") ?? this.position;
        const next = response.headers.get("Mtchat-Next-Cursor");
        if (response.status === 204) return { data: undefined as T, next };
        if (answer === undefined) throw unreadable(response.status);
        return { data: ("data" in answer ? answer.data : answer) as T, next };
    }

    /** The same, where success is all that there is to know. */
    async tell(method: string, path: string, body?: unknown): Promise<void> {
        await this.ask(method, path, body);
    }

    private async token(refused: string | null): Promise<string> {
        const token = await this.tokens.get(refused);
        if (token === null) throw new ApiError("NO_TOKEN", 0, "there is no token");
        return token;
    }

    private async send(method: string, path: string, body: unknown, token: string): Promise<Response> {
        const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
        if (body !== undefined) headers["Content-Type"] = "application/json";
        if (method === "GET" && this.position !== null) headers["Mtchat-Position"] = this.position;
        const signal = AbortSignal.timeout(PATIENCE);
        const init = { method, headers, signal, body: body === undefined ? null : JSON.stringify(body) };
        return this.load(`${this.base()}/api/v1${path}`, init).catch(silence);
    }

    private text(response: Response): Promise<string> {
        return response.text().catch(silence);
    }
}

/** A path, each part of it percent-encoded. */
export function path(parts: TemplateStringsArray, ...values: string[]): string {
    return parts.reduce((whole, part, place) => whole + encodeURIComponent(values[place - 1]!) + part);
}

function silence(thrown: unknown): never {
    const cause = asError(thrown);
    const code = cause.name === "TimeoutError" ? "TIMEOUT" : "NETWORK";
    throw new ApiError(code, 0, `there was no answer: ${cause.message}`, null, { cause });
}

function parsed(text: string): Record<string, unknown> | undefined {
    try {
        const answer: unknown = JSON.parse(text);
        return typeof answer === "object" && answer !== null ? (answer as Record<string, unknown>) : undefined;
    } catch {
        return undefined;
    }
}

function refusal(response: Response, answer: Record<string, unknown> | undefined): ApiError {
    const error = answer?.error as { code?: ErrorCode; message?: string } | undefined;
    if (error?.code === undefined) return unreadable(response.status);
    const after = secondsOf(response.headers.get("Retry-After"));
    return new ApiError(error.code, response.status, error.message ?? error.code, after);
}

function unreadable(status: number): ApiError {
    return new ApiError("UNREADABLE", status, `the answer with status ${status} is not of an MTChat server`);
}
