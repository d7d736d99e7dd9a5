import type { Client, ClientState, Diff } from "@mtchat/client";
import type { ComputedRef, InjectionKey, ShallowRef } from "vue";
import type { ResolvedConfig } from "./config.js";

/** What composables need of a client: all of `@mtchat/client`'s but what only its owner calls. */
export type ChatClient = Omit<Client, "close">;

/** One user's chat with one server: a client, made reactive. Everything below a `<MTChat>` shares one. */
export interface Chat {
    readonly client: ChatClient;
    /** Whose chat it is. */
    readonly me: string;
    /** With the defaults filled in. User and server never change: for others there is another chat. */
    readonly config: ComputedRef<ResolvedConfig>;
    /** What there is to show. Plain data that is never changed; what is different is another object. */
    readonly state: Readonly<ShallowRef<ClientState>>;
    /** Hear of each change with its diffs, after `state` has it, until the function that comes back is called. */
    onDiffs(listener: (diffs: readonly Diff[], state: ClientState) => void): () => void;
    /** Give the client up. */
    close(): void;
}

/** How a chat is found by what is below it. */
export const CHAT_KEY: InjectionKey<Chat> = Symbol("mtchat.chat");
