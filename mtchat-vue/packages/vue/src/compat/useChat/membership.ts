import type { ChatParts, Troubles } from "./parts.js";
import type { JoinProfile } from "../types.js";
import type { UseChatMembership } from "./types.js";

/** What one may do with a dialog, open or not. */
export function membershipGroup({ chat, context }: ChatParts, troubles: Troubles): UseChatMembership {
    const { client } = chat;
    const find = (id: string) => [...chat.state.value.dialogs, ...chat.state.value.available].find((dialog) => dialog.id === id);
    const usual = (): JoinProfile => {
        const { displayName, company, email, phone } = chat.config.value.userProfile;
        return { display_name: displayName, company, ...(email ? { email } : {}), ...(phone ? { phone } : {}) };
    };
    return {
        joinDialog: (id, profile = usual()) => troubles.run(() => client.join(id, profile)),
        leaveDialog: (id) => troubles.run(() => client.leave(id)),
        archiveDialog: (id) => troubles.run(() => client.archive(id)),
        unarchiveDialog: (id) => troubles.run(() => client.unarchive(id)),
        pinDialog: (id) => troubles.run(() => client.pin(id)),
        unpinDialog: (id) => troubles.run(() => client.unpin(id)),
        toggleNotifications: (id, wanted) =>
            troubles.run(async () => {
                const dialog = find(id) ?? (wanted === undefined ? await client.dialog(id) : undefined);
                await client.notifications(id, wanted ?? !(dialog?.notifications_enabled ?? true));
            }),
        markAsRead: (message) =>
            troubles.run(async () => {
                const newest = message ?? context.messages.newestId.value;
                if (newest !== null) await context.messages.markRead(newest);
            }),
    };
}
