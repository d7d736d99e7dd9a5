import type { ChatClient } from "../../chat/index.js";
import type { MessageVersion, MessageView } from "@mtchat/client";
import { type Ref, onScopeDispose, readonly, shallowRef } from "vue";

/** A version as it is shown. */
export interface ShownVersion {
    readonly key: string;
    readonly content: string;
    /** When it was replaced; `null`: it is what the message says now. */
    readonly until: string | null;
}

export interface UseVersionsReturn {
    /** Newest first, what it says now included; `null` before they are known. */
    readonly versions: Readonly<Ref<readonly ShownVersion[] | null>>;
    readonly hasFailed: Readonly<Ref<boolean>>;
    load(): Promise<void>;
}

/** What a message said before its edits. */
export function useVersions(message: MessageView, client: Pick<ChatClient, "history">): UseVersionsReturn {
    const versions = shallowRef<readonly ShownVersion[] | null>(null);
    const hasFailed = shallowRef(false);
    let isOver = false;
    onScopeDispose(() => {
        isOver = true;
    });

    async function load(): Promise<void> {
        hasFailed.value = false;
        versions.value = null;
        try {
            const earlier = await client.history(message.dialog_id, message.id);
            if (!isOver) versions.value = newestFirst(message, earlier);
        } catch {
            if (!isOver) hasFailed.value = true;
        }
    }
    return { versions: readonly(versions) as UseVersionsReturn["versions"], hasFailed: readonly(hasFailed), load };
}

function newestFirst(message: MessageView, earlier: readonly MessageVersion[]): ShownVersion[] {
    const before = earlier.map((version, at) => ({ key: `${at}`, content: version.content, until: version.edited_at }));
    return [{ key: "now", content: message.content, until: null }, ...before.reverse()];
}
