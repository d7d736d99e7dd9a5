import type { MTChatApi } from "./api.js";

/** An API whose code is loaded with the first call: every method of it answers later anyway. */
export function lazyApi(make: (Api: typeof MTChatApi) => MTChatApi): MTChatApi {
    let made: Promise<MTChatApi> | null = null;
    const api = (): Promise<MTChatApi> => {
        made ??= import("./api.js").then(({ MTChatApi }) => make(MTChatApi));
        made.catch(() => (made = null));
        return made;
    };
    return new Proxy({} as MTChatApi, {
        get: (known, name) => {
            // It is no promise, and nothing but methods.
            if (typeof name === "symbol" || name === "then" || name === "toJSON" || name.startsWith("__v_")) return Reflect.get(known, name);
            return async (...args: unknown[]) => ((await api()) as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args);
        },
    });
}
