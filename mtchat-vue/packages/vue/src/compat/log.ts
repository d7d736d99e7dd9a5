type Level = "debug" | "info" | "warn" | "error";

/** Says something in development, and nothing in what users get. Never give it what people wrote, tokens or names. */
export const logger: Readonly<Record<Level, (...said: readonly unknown[]) => void>> = {
    debug: (...said) => say("debug", said),
    info: (...said) => say("info", said),
    warn: (...said) => say("warn", said),
    error: (...said) => say("error", said),
};

function say(level: Level, said: readonly unknown[]): void {
    if (isDevelopment()) console[level]("[mtchat]", ...said);
}

/** Bundlers replace the whole expression; where nothing has, there may be no `process`. */
function isDevelopment(): boolean {
    try {
        return process.env.NODE_ENV !== "production";
    } catch {
        return false;
    }
}
