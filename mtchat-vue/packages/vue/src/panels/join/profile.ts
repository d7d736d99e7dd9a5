import type { Profile } from "@mtchat/client";
import type { UserProfile } from "../../chat/index.js";
import type { MessageKey } from "../../i18n/index.js";

/** What somebody chose to show of themselves in a chat. */
export interface JoinChoice {
    readonly isAnonymous: boolean;
    readonly sharesEmail: boolean;
    readonly sharesPhone: boolean;
}

/** The profile that others will see. The company is always shown: in a chat between companies it says who speaks. */
export function profileOf(user: UserProfile, choice: JoinChoice, anonymousName: string): Profile {
    return {
        display_name: choice.isAnonymous || user.displayName.trim() === "" ? anonymousName : user.displayName,
        ...(user.company ? { company: user.company } : {}),
        ...(choice.sharesEmail && user.email ? { email: user.email } : {}),
        ...(choice.sharesPhone && user.phone ? { phone: user.phone } : {}),
    };
}

/** Why joining failed, in words. */
export function joinErrorKey(error: unknown): MessageKey {
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
    return KEYS[code] ?? "joinDialog.errorOther";
}

const KEYS: Readonly<Record<string, MessageKey>> = {
    SCOPE_MISMATCH: "joinDialog.errorScope",
    FORBIDDEN: "joinDialog.errorScope",
    DIALOG_NOT_FOUND: "joinDialog.errorGone",
    NOT_FOUND: "joinDialog.errorGone",
    INVALID_INPUT: "joinDialog.errorInvalid",
    RATE_LIMIT_EXCEEDED: "joinDialog.errorRate",
    NETWORK: "joinDialog.errorNetwork",
    TIMEOUT: "joinDialog.errorNetwork",
    SERVICE_UNAVAILABLE: "joinDialog.errorNetwork",
};
