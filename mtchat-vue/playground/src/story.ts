import type { MTChatConfig } from "@parts/chat/config.js";
import type { StoryClient } from "@parts/testing/story-client.js";
import type { Component } from "vue";
import type { Act } from "./acts.js";

/** One state of something, shown by itself. */
export interface Story {
    /** Unique, for addresses: `list-empty`. */
    readonly id: string;
    readonly title: string;
    readonly component: Component;
    readonly props?: Readonly<Record<string, unknown>>;
    /** What the story's chat knows; absent: there is none around it. */
    readonly client?: () => StoryClient;
    readonly config?: Partial<MTChatConfig>;
    /** The dialog that is open around it. */
    readonly dialog?: string;
    /** Pixels; by default as wide as the page. */
    readonly width?: number;
    /** Pixels; by default as high as it is. */
    readonly height?: number;
    /** It makes a chat's root of its own. */
    readonly isRoot?: boolean;
    /** What is done with it before it is looked at. */
    readonly act?: Act;
}

/** Stories of one family, a file of them in `stories/`. */
export interface Family {
    readonly title: string;
    readonly stories: readonly Story[];
}
