import type { MTChatConfig } from "../chat/config.js";
import type { TokenSource } from "./requests.js";

/** Where a configuration's tokens come from: what is `given`, else `getToken`, else `token`. */
export function tokenOf(config: () => MTChatConfig, given: () => string | undefined = () => undefined): TokenSource {
    let kept: string | null = null;
    return async (refused) => {
        const { getToken, token } = config();
        const first = given();
        if (!getToken) return first || token;
        if (first && !refused) return first;
        if (refused || kept === null) kept = await getToken();
        return kept;
    };
}
