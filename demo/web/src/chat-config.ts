import type { MTChatConfig } from "@mtchat/vue";
import { ask } from "./api.js";
import { companyOf } from "./stores/data.js";
import type { Locale } from "./stores/preferences.js";
import type { User } from "./types.js";

/** A token of this user, from the host's backend: pages never sign. */
export async function tokenOf(user: string): Promise<string> {
    const { data } = await ask<{ data: { token: string } }>("POST", "/token", { user });
    return data.token;
}

/** What `<MTChat>` is told of a user of the host. */
export function chatConfig(user: User, locale: Locale, isSigned: boolean): MTChatConfig {
    return {
        // Everything of MTChat is behind the host's own address.
        baseUrl: location.origin,
        userId: user.id,
        scopeConfig: { scopeLevel0: [user.company], scopeLevel1: user.departments, scopeLevel2: user.permissions },
        userProfile: { displayName: user.name, company: companyOf(user), email: user.email || undefined, phone: user.phone || undefined },
        getToken: isSigned ? () => tokenOf(user.id) : undefined,
        locale,
    };
}
