import type { ClientState, DialogItemView } from "@mtchat/client";
import { computed, type MaybeRefOrGetter, shallowReadonly, shallowRef, toValue, watch } from "vue";
import { hasPage } from "../chat/environment.js";
import type { Chat } from "../chat/index.js";
import type { ChatMode } from "../compat/types.js";
import type { ObjectRef, ReadRef } from "../composables/types.js";

export interface SelectionOptions {
    mode?: MaybeRefOrGetter<ChatMode | undefined>;
    /** Opens this one whenever it changes; empty closes what it had opened. */
    dialogId?: MaybeRefOrGetter<string | undefined>;
    /** Whose newest dialog is open in inline mode. */
    object?: MaybeRefOrGetter<ObjectRef | null>;
    /** Another dialog is open from now on; nothing of it may be loaded yet. */
    onSelected?: (id: string) => void;
    onError?: (error: Error) => void;
}

export interface Selection {
    readonly id: ReadRef<string | null>;
    /** The dialog of an object is what is open: dialogs that one may join count as well, and have to be known. */
    readonly isOfObject: ReadRef<boolean>;
    /** It is not known yet whether the object has a dialog. */
    readonly isResolving: ReadRef<boolean>;
    /** Open it, unless it is open. `null`: none. */
    select(id: string | null): void;
}

/** Which dialog is open: the one that was chosen, or in inline mode the newest of the object, also one that comes into being later. */
export function useSelection(options: SelectionOptions, chat: Chat): Selection {
    const id = shallowRef<string | null>(null);
    const select = (next: string | null) => {
        if (id.value === next) return;
        id.value = next;
        if (next !== null) options.onSelected?.(next);
    };

    watch(
        () => toValue(options.dialogId) || null,
        (next, before) => {
            if (next !== null || id.value === before) select(next);
        },
        { immediate: true },
    );

    /** Whose dialog is looked for. */
    const object = computed(() => (toValue(options.mode) === "inline" && !toValue(options.dialogId) ? (toValue(options.object) ?? null) : null));
    const name = computed(() => (object.value === null ? null : JSON.stringify([object.value.type, object.value.id])));
    /** The object of which the server has said that it has no dialog. */
    const without = shallowRef<string | null>(null);
    const isConnected = computed(() => chat.state.value.connection === "connected");
    let asked: string | null = null;

    watch(
        name,
        (next) => {
            asked = without.value = null;
            if (next !== null) select(null);
        },
        { immediate: true },
    );

    const ask = async (next: string, { type, id: of }: ObjectRef) => {
        asked = next;
        const found = await chat.client.dialogOfObject(type, of).catch((error: Error) => error);
        // Another object is looked at meanwhile.
        if (asked !== next) return;
        asked = null;
        if (found instanceof Error) {
            // Without a connection it is asked again as soon as there is one.
            if (!isConnected.value) return;
            options.onError?.(found);
        }
        if (found === null || found instanceof Error) without.value = next;
        else select(found.id);
    };
    // The server knows what is newest; it is asked again after each time without a connection, for it may have come meanwhile.
    watch(
        [name, () => id.value === null, isConnected],
        ([next, isNone]) => {
            if (hasPage() && next !== null && isNone && asked !== next) void ask(next, object.value!);
        },
        { immediate: true },
    );

    // And what is told meanwhile, or was kept from before.
    const known = computed(() => (object.value === null || id.value !== null ? null : newestOf(object.value, chat.state.value)));
    watch(known, (found) => found !== null && select(found.id), { immediate: true });

    return {
        id: shallowReadonly(id),
        isOfObject: computed(() => name.value !== null),
        isResolving: computed(() => name.value !== null && id.value === null && without.value !== name.value),
        select,
    };
}

/** The newest dialog of an object among those that are known. */
export function newestOf(object: ObjectRef, state: ClientState): DialogItemView | null {
    let newest: DialogItemView | null = null;
    for (const dialog of [...state.dialogs, ...state.available]) {
        if (dialog.object_type !== object.type || dialog.object_id !== object.id) continue;
        if (newest === null || dialog.created_at > newest.created_at) newest = dialog;
    }
    return newest;
}
