import { asError, isAbortError, RequestError } from "./errors.js";

/** A token that never changes, or whoever has the present one; asked with `true`, the last one was refused. */
export type TokenSource = string | null | undefined | ((refused: boolean) => TokenAnswer | Promise<TokenAnswer>);
type TokenAnswer = string | null | undefined;

/** Who asks. */
export interface Caller {
    /** Where the server is; a path before `/api` may be in it. */
    baseUrl: string;
    userId: string;
    /** The value of `X-Scope-Config`, if there is one. */
    scopes(): string | null;
    token: TokenSource;
    fetch?: typeof fetch;
}

export interface RequestOptions {
    query?: Record<string, string | number | boolean | undefined>;
    body?: unknown;
    signal?: AbortSignal;
}

/** The server's HTTP API in the name of one user. */
export class Requests {
    /** Up to where the server had come at the last write: reads see at least that. */
    private position: string | null = null;

    constructor(private readonly caller: Caller) {}

    /** The `data` of an answer, or the whole where it has none. */
    async ask<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
        const response = await this.authorised(method, path, options);
        const answer = parsed(await response.text());
        if (!response.ok) throw refusal(response.status, answer);
        if (method !== "GET") this.position = response.headers.get("Mtchat-Position") ?? this.position;
        if (response.status === 204 || answer === undefined) return undefined as T;
        return (isObject(answer) && "data" in answer ? answer.data : answer) as T;
    }

    private async authorised(method: string, path: string, options: RequestOptions): Promise<Response> {
        const { token } = this.caller;
        if (typeof token !== "function") return this.send(method, path, options, token);
        const old = await token(false);
        const first = await this.send(method, path, options, old);
        if (first.status !== 401) return first;
        // Once more with another one, if there is one: this may have ended a moment ago.
        const fresh = await token(true);
        return fresh && fresh !== old ? this.send(method, path, options, fresh) : first;
    }

    private async send(method: string, path: string, options: RequestOptions, token: TokenAnswer): Promise<Response> {
        const headers: Record<string, string> = {};
        if (token) headers.Authorization = `Bearer ${token}`;
        const scopes = this.caller.scopes();
        if (scopes !== null) headers["X-Scope-Config"] = scopes;
        if (options.body !== undefined) headers["Content-Type"] = "application/json";
        if (method === "GET" && this.position !== null) headers["Mtchat-Position"] = this.position;
        const query = { ...options.query, ...(token ? {} : { user_id: this.caller.userId }) };
        const init: RequestInit = { method, headers };
        if (options.body !== undefined) init.body = JSON.stringify(options.body);
        if (options.signal) init.signal = options.signal;
        const load = this.caller.fetch ?? fetch;
        return load(`${trimmed(this.caller.baseUrl)}${path}${queryOf(query)}`, init).catch(silence);
    }
}

/** A path, each part of it percent-encoded. */
export function path(parts: TemplateStringsArray, ...values: string[]): string {
    return parts.reduce((whole, part, place) => whole + encodeURIComponent(values[place - 1] ?? "") + part);
}

function trimmed(url: string): string {
    return url.replace(/\/+$/, "");
}

function queryOf(query: Record<string, string | number | boolean | undefined>): string {
    const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
    return said.length === 0 ? "" : `?${new URLSearchParams(said.map(([name, value]) => [name, String(value)]))}`;
}

function silence(thrown: unknown): never {
    if (isAbortError(thrown)) throw thrown;
    const cause = asError(thrown);
    throw new RequestError(cause.message, "NETWORK", 0, { cause });
}

function refusal(status: number, answer: unknown): RequestError {
    const error = isObject(answer) && isObject(answer.error) ? answer.error : {};
    const message = typeof error.message === "string" && error.message !== "" ? error.message : `HTTP ${status}`;
    return new RequestError(message, typeof error.code === "string" ? error.code : "UNREADABLE", status);
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null;
}
