import type { VirtualElement } from "@floating-ui/vue";
import type { MentionOptions } from "@tiptap/extension-mention";
import type { SuggestionProps } from "@tiptap/suggestion";
import { computed, type ComputedRef, type ShallowRef, shallowRef, useId } from "vue";
import { matchPeople, type MentionPerson } from "./mention-match.js";

/** Beyond this it is a sentence that happens to follow an `@`. */
const MAX_QUERY = 40;

export interface Mentions {
    /** For the editor's extension. */
    readonly suggestion: MentionOptions["suggestion"];
    readonly found: Readonly<ShallowRef<readonly MentionPerson[]>>;
    readonly isOpen: ComputedRef<boolean>;
    /** Which of them Enter takes. */
    readonly active: ShallowRef<number>;
    /** Where the `@` is on the screen. */
    readonly anchor: Readonly<ShallowRef<VirtualElement | null>>;
    /** The list's id in the document, and its options'. */
    readonly listId: string;
    optionId(index: number): string;
    choose(index: number): void;
    close(): void;
}

type Props = SuggestionProps<MentionPerson, MentionPerson>;

/** Who is offered after an `@`, and the keys that choose. */
export function useMentions(people: () => readonly MentionPerson[]): Mentions {
    const found = shallowRef<readonly MentionPerson[]>([]);
    const active = shallowRef(0);
    const anchor = shallowRef<VirtualElement | null>(null);
    const listId = useId();
    let take: Props["command"] | null = null;

    const show = (props: Props) => {
        take = props.command;
        const isSame = found.value.length === props.items.length && props.items.every((person, index) => person.id === found.value[index]?.id);
        if (!isSame) active.value = 0;
        found.value = props.items;
        anchor.value = { getBoundingClientRect: () => props.clientRect?.() ?? new DOMRect() };
    };
    const close = () => {
        found.value = [];
        take = null;
    };
    const choose = (index: number) => {
        const person = found.value[index];
        if (person !== undefined) take?.(person);
    };

    const suggestion: MentionOptions["suggestion"] = {
        char: "@",
        allowSpaces: true,
        allowedPrefixes: [" ", "("],
        decorationClass: "mtchat-editor__query",
        items: ({ query }) => (query.length > MAX_QUERY ? [] : [...matchPeople(people(), query)]),
        command: ({ editor, range, props }) => {
            const { id, name } = props as unknown as MentionPerson;
            editor
                .chain()
                .focus()
                .insertContentAt(range, [
                    { type: "mention", attrs: { id, label: name } },
                    { type: "text", text: " " },
                ])
                .run();
        },
        render: () => ({
            onStart: show,
            onUpdate: show,
            onExit: close,
            onKeyDown: ({ event }) => onKey(event, found.value.length, active, choose),
        }),
    };

    return {
        suggestion,
        found,
        isOpen: computed(() => found.value.length > 0),
        active,
        anchor,
        listId,
        optionId: (index) => `${listId}-${index}`,
        choose,
        close,
    };
}

/** `true`: the key was for the list. Esc closes it, whatever this says. */
function onKey(event: KeyboardEvent, count: number, active: ShallowRef<number>, choose: (index: number) => void): boolean {
    if (count === 0) return false;
    switch (event.key) {
        case "ArrowDown":
            active.value = (active.value + 1) % count;
            return true;
        case "ArrowUp":
            active.value = (active.value + count - 1) % count;
            return true;
        case "Enter":
        case "Tab":
            if (event.shiftKey || event.isComposing) return false;
            choose(active.value);
            return true;
        case "Escape":
            // It closes the list and nothing else.
            event.stopPropagation();
            return true;
        default:
            return false;
    }
}
