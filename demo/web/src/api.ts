const DEADLINE_MS = 20_000;

/** What the demo's backend, or MTChat behind it, has said. */
export class ApiError extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
    ) {
        super(message);
    }
}

/** Ask the demo's backend; the answer's body, or an error in words. */
export async function ask<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = body === undefined ? undefined : { "content-type": "application/json" };
    const answer = await fetch(`/demo-api${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.timeout(DEADLINE_MS) }).catch(
        (failure: Error) => {
            throw new ApiError(0, "NETWORK", failure.name === "TimeoutError" ? `No answer within ${DEADLINE_MS / 1_000} s` : "The demo's backend can not be reached");
        },
    );
    const text = await answer.text();
    const said = text ? JSON.parse(text) : {};
    if (!answer.ok) throw new ApiError(answer.status, said.error?.code ?? `HTTP_${answer.status}`, said.error?.message ?? `HTTP ${answer.status}`);
    return said as T;
}

/** The Management API, through the backend: the admin token stays there. */
export const manage = <T = unknown>(method: string, path: string, body?: unknown): Promise<T> => ask<T>(method, `/management${path}`, body);
