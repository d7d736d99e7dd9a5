import type { MessageKey } from "../i18n/index.js";

const KEYS: Readonly<Record<string, MessageKey>> = {
    NETWORK: "errors.network",
    TIMEOUT: "errors.timeout",
    FORBIDDEN: "errors.forbidden",
    NOT_MESSAGE_AUTHOR: "errors.forbidden",
    SCOPE_MISMATCH: "errors.forbidden",
    NOT_PARTICIPANT: "errors.not_participant",
    MESSAGE_NOT_FOUND: "errors.not_found",
    RATE_LIMIT_EXCEEDED: "errors.rate_limited",
    SERVICE_UNAVAILABLE: "errors.unavailable",
};

/** What went wrong with sending or saving, in words. */
export function failureKey(error: unknown, isEdit: boolean): MessageKey {
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
    return KEYS[code] ?? (isEdit ? "errors.edit_failed" : "errors.send_failed");
}
