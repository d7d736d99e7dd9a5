import { type Ref, type ShallowRef, shallowRef } from "vue";
import type { Chat } from "../../chat/index.js";
import type { DialogContext, ObjectRef } from "../../composables/types.js";
import type { Selection } from "../../layout/useSelection.js";
import { asError } from "../errors.js";

/** What `useChat` is made of; within `<MTChat>` the same that its parts use. */
export interface ChatParts {
    readonly chat: Chat;
    /** Which dialog is open. */
    readonly selection: Selection;
    /** The open dialog. */
    readonly context: DialogContext;
    /** Whose dialogs the lists have; `null`: all. */
    readonly object: ShallowRef<ObjectRef | null>;
    readonly search: Ref<string>;
}

/** Remembers what went wrong, for who shows it, and tells it to who asked. */
export class Troubles {
    readonly last = shallowRef<Error | null>(null);

    async run<T>(action: () => Promise<T>): Promise<T> {
        try {
            const done = await action();
            this.last.value = null;
            return done;
        } catch (thrown) {
            this.last.value = asError(thrown);
            throw this.last.value;
        }
    }
}
