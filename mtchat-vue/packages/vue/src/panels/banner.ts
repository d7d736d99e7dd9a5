import type { Connection } from "@mtchat/client";
import type { MessageKey } from "../i18n/index.js";

/** What is said about a connection that is not there. */
export interface Banner {
    readonly text: MessageKey;
    /** `waiting` passes by itself; `ended` does not. */
    readonly tone: "waiting" | "ended";
    readonly isBusy: boolean;
    /** Trying again may help. */
    readonly canRetry: boolean;
}

/** What to say, or `null`. An end is told at once; what may pass, when it has lasted. */
export function bannerOf(connection: Connection, isTroubled: boolean): Banner | null {
    if (typeof connection === "object") return ENDED[connection.ended];
    if (!isTroubled || connection === "connected") return null;
    if (connection === "offline") return { text: "header.bannerOffline", tone: "waiting", isBusy: false, canRetry: false };
    if (connection === "idle") return { text: "header.bannerDisconnected", tone: "waiting", isBusy: false, canRetry: true };
    return { text: "header.bannerReconnecting", tone: "waiting", isBusy: true, canRetry: connection === "waiting" };
}

type Ended = Extract<Connection, { ended: unknown }>["ended"];

const ENDED: Readonly<Record<Ended, Banner>> = {
    no_access: { text: "header.bannerNoAccess", tone: "ended", isBusy: false, canRetry: true },
    other_user: { text: "header.bannerOtherUser", tone: "ended", isBusy: false, canRetry: false },
    page_not_allowed: { text: "header.bannerNotAllowed", tone: "ended", isBusy: false, canRetry: false },
    core_failed: { text: "header.bannerFailed", tone: "ended", isBusy: false, canRetry: true },
};
