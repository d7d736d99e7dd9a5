import type { AttachmentView } from "@mtchat/client";
import { inject, type InjectionKey, provide, type Ref } from "vue";
import type { MessageItem } from "./items.js";

/** What rows share with the list that they are in. */
export interface ListContext {
    /** The message that one jumped to stands out. */
    readonly highlighted: Readonly<Ref<string | null>>;
    /** The row whose menu is open. */
    readonly menuOf: Readonly<Ref<string | null>>;
    /** What can be done with a message, beside the pointer or the row. `emoji`: with all emoji shown. */
    openMenu(event: Event, item: MessageItem, emoji?: boolean): void;
    jump(id: string): void;
    /** Show a file, and the chat's others beside it. */
    openFile(file: AttachmentView): void;
    reply(item: MessageItem): void;
}

const LIST_KEY: InjectionKey<ListContext> = Symbol("mtchat.message-list");

export function provideList(context: ListContext): void {
    provide(LIST_KEY, context);
}

export function injectList(): ListContext {
    const context = inject(LIST_KEY, null);
    if (context === null) throw new Error("Rows of messages belong into <MessageList>.");
    return context;
}
