/** What was thrown, as an error. */
export function errorOf(thrown: unknown): Error {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
}
