import { onBeforeUnmount, onMounted, type ShallowRef } from "vue";

export interface Shortcuts {
    /** Ctrl+K or Cmd+K; `false`: there is nothing to search. */
    search: () => boolean;
}

/** Keys that work wherever the focus is in the chat; where nothing on the page has it, as well. */
export function useShortcuts(root: Readonly<ShallowRef<HTMLElement | null>>, { search }: Shortcuts): void {
    const press = (event: KeyboardEvent) => {
        if (event.defaultPrevented || !isSearch(event) || !concerns(root.value, event)) return;
        if (search()) event.preventDefault();
    };
    onMounted(() => document.addEventListener("keydown", press));
    onBeforeUnmount(() => document.removeEventListener("keydown", press));
}

/** By the key's place where the keyboard writes no Latin letters. */
function isSearch({ key, code, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
    if (altKey || shiftKey || ctrlKey === metaKey) return false;
    return key.toLowerCase() === "k" || (code === "KeyK" && !/^[a-z]$/i.test(key));
}

/** Of several things on a page each has its own keys. */
function concerns(root: HTMLElement | null, event: KeyboardEvent): boolean {
    if (root === null) return false;
    // Within a shadow root the document sees only its host; the path tells more.
    const path = event.composedPath();
    return path.includes(root) || path[0] === document.body || path[0] === document.documentElement;
}

/** Whether a key is for what is being written. */
export function isEditing(event: Event): boolean {
    const [target] = event.composedPath();
    if (!(target instanceof HTMLElement)) return false;
    return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}
