/** What `<MTChat>` exposes; `<MTChatPrime>` exposes the same. */
export const EXPOSED = [
    "client",
    "messages",
    "participatingDialogs",
    "availableDialogs",
    "archivedDialogs",
    "currentDialog",
    "isConnected",
    "isLoading",
    "mobileView",
    "selectDialog",
    "loadDialogs",
    "loadDialogsByObject",
    "loadArchivedDialogsByObject",
    "sendMessage",
    "joinDialog",
    "leaveDialog",
    "archiveDialog",
    "unarchiveDialog",
    "pinDialog",
    "unpinDialog",
    "toggleNotifications",
    "goBack",
    "toggleInfoPanel",
] as const;

/** An object whose members are those of what `inner` gives when they are asked for. */
export function forwarded(inner: () => object | null): Record<(typeof EXPOSED)[number], unknown> {
    const all = {};
    for (const name of EXPOSED) {
        Object.defineProperty(all, name, { enumerable: true, get: () => (inner() as Record<string, unknown> | null)?.[name] });
    }
    return all as Record<(typeof EXPOSED)[number], unknown>;
}
