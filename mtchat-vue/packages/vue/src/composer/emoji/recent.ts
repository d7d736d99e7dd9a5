import { remember, remembered } from "../guarded-storage.js";

const KEY = "mtchat.emoji";
export const MAX_RECENT = 24;
let kept: readonly string[] | null = null;

/** What was chosen last, newest first. */
export function recentEmoji(): readonly string[] {
    kept ??= read();
    return kept;
}

/** It was chosen now. */
export function rememberEmoji(emoji: string): void {
    kept = [emoji, ...recentEmoji().filter((one) => one !== emoji)].slice(0, MAX_RECENT);
    remember(KEY, JSON.stringify(kept));
}

/** @internal As after a reload. */
export function forgetRecentEmoji(): void {
    kept = null;
}

/** Others may have written there. */
function read(): readonly string[] {
    try {
        const value: unknown = JSON.parse(remembered(KEY) ?? "[]");
        return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string" && one.length <= 32).slice(0, MAX_RECENT) : [];
    } catch {
        return [];
    }
}
