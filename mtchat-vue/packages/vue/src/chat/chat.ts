import { createClient } from "@mtchat/client";
import { computed, type ComputedRef, getCurrentScope, type MaybeRefOrGetter, onScopeDispose, shallowReadonly, shallowRef, toValue, watch } from "vue";
import { type MTChatConfig, type ResolvedConfig, resolveConfig } from "./config.js";
import { hasPage } from "./environment.js";
import { TokenSource } from "./tokens.js";
import { Transport } from "./transport.js";
import type { Chat, ChatClient } from "./types.js";

/** What a chat is told beside its configuration. */
export interface CreateChatOptions {
    /** A JWT that goes before those of the configuration; a new one is used at once. */
    token?: MaybeRefOrGetter<string | undefined>;
    /** Connect at once, where there is a page. Default `true`. */
    autoConnect?: boolean;
}

/** What {@link chatOf} needs beside a client's API. */
export type OwnedClient = ChatClient & { close(): unknown };

/**
 * A user's chat with a server, connected from now on. It closes with the effect scope (the component) in which it was made, or by
 * `close()` outside of any. Where pages are rendered on a server it does nothing.
 */
export function createChat(config: MaybeRefOrGetter<MTChatConfig>, options: CreateChatOptions = {}): Chat {
    const resolved = computed(() => resolveConfig(toValue(config)));
    const tokens = new TokenSource(() => resolved.value, () => toValue(options.token));
    const transport = new Transport(() => resolved.value, tokens);
    const client = createClient(transport.clientOptions);
    const chat = chatOf(client, resolved);
    // Without a word where it fails: that comes to the client's listeners.
    const connect = () => void client.connect().catch(() => undefined);
    const stop = watch(
        () => tokens.fixed,
        () => {
            transport.renew();
            // A connection that has ended was refused with the token before.
            if (typeof chat.state.value.connection === "object") connect();
        },
        { flush: "sync" },
    );
    if (hasPage() && options.autoConnect !== false) connect();
    return {
        ...chat,
        close() {
            stop();
            chat.close();
        },
    };
}

/** A client made reactive, which tells what its configuration wants to hear. */
export function chatOf(client: OwnedClient, config: ComputedRef<ResolvedConfig>): Chat {
    const state = shallowRef(client.state);
    const listeners = new Set<Parameters<Chat["onDiffs"]>[0]>();
    const ends = [
        client.subscribe((diffs, next) => {
            state.value = next;
            for (const listener of [...listeners]) listener(diffs, next);
        }),
        client.on("error", (error) => {
            const { onError } = config.value;
            if (onError === undefined) console.error(error);
            else onError(error);
        }),
        watch(
            () => state.value.connection,
            (connection, before) => {
                if (connection === "connected") config.value.onConnect?.();
                else if (before === "connected") config.value.onDisconnect?.();
                if (connection === "waiting" && !config.value.reconnect) client.disconnect();
            },
            { flush: "sync" },
        ),
    ];
    let isClosed = false;
    const close = () => {
        if (isClosed) return;
        isClosed = true;
        for (const end of ends) end();
        listeners.clear();
        void client.close();
    };
    if (getCurrentScope() !== undefined) onScopeDispose(close);
    return {
        client,
        me: config.value.userId,
        config,
        state: shallowReadonly(state),
        onDiffs(listener) {
            listeners.add(listener);
            return () => void listeners.delete(listener);
        },
        close,
    };
}
