import type { Answer, Input, Request } from "../generated/core.js";

/** The requests of a core, by the names that it gives them. */
export class Requests {
    private readonly open = new Map<number, AbortController>();

    constructor(
        private readonly base: string,
        private readonly load: typeof fetch,
        private readonly tell: (input: Input) => void,
    ) {}

    /** Make one. Its deadline is the core's, which cancels it then. */
    ask(request: Request, token: string): void {
        const abort = new AbortController();
        this.open.set(request.id, abort);
        void this.answer(request, token, abort.signal).then((answer) => {
            if (this.open.delete(request.id)) this.tell({ answered: { request: request.id, answer } });
        });
    }

    /** Nobody waits for it any more. */
    cancel(name: number): void {
        const found = this.open.get(name);
        this.open.delete(name);
        found?.abort();
    }

    cancelAll(): void {
        for (const name of [...this.open.keys()]) this.cancel(name);
    }

    private async answer(request: Request, token: string, signal: AbortSignal): Promise<Answer> {
        const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
        if (request.body !== null) headers["Content-Type"] = "application/json";
        if (request.position !== null) headers["Mtchat-Position"] = request.position;
        const { method, body } = request;
        try {
            const response = await this.load(`${this.base}/api/v1${request.path}`, { method, headers, body, signal });
            return {
                response: {
                    status: response.status,
                    body: await response.text(),
                    position: response.headers.get("Mtchat-Position"),
                    next_cursor: response.headers.get("Mtchat-Next-Cursor"),
                    retry_after: secondsOf(response.headers.get("Retry-After")),
                },
            };
        } catch {
            return "nothing";
        }
    }
}

/** `Retry-After`; `null` where it is none that counts seconds. */
export function secondsOf(text: string | null): number | null {
    return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
