import { computed, type ComputedRef, type Ref, shallowRef } from "vue";

/** What a narrow layout shows. */
export type ChatView = "list" | "chat" | "info";

export interface Views {
    /** What there is to see where there is one column. */
    readonly view: ComputedRef<ChatView>;
    readonly isInfoOpen: Readonly<Ref<boolean>>;
    toggleInfo(): void;
    closeInfo(): void;
    /** info → chat → list. */
    goBack(): void;
}

export interface ViewsOptions {
    /** There is a dialog to look at. */
    isOpen: () => boolean;
    /** There is a list to go back to. */
    hasList: () => boolean;
    /** One column at a time: to go back from the chat is to close it, or it would go on reading what comes. */
    isSingle: () => boolean;
    close: () => void;
}

/** Which part one looks at. It follows from what is open, so that no width can show something else than another. */
export function useViews({ isOpen, hasList, isSingle, close }: ViewsOptions): Views {
    const isWanted = shallowRef(false);
    const isInfoOpen = computed(() => isWanted.value && isOpen());
    const closeInfo = () => {
        isWanted.value = false;
    };
    return {
        isInfoOpen,
        view: computed(() => {
            if (!isOpen() && hasList()) return "list";
            return isInfoOpen.value ? "info" : "chat";
        }),
        closeInfo,
        toggleInfo() {
            if (isOpen()) isWanted.value = !isInfoOpen.value;
        },
        goBack() {
            if (isInfoOpen.value) closeInfo();
            else if (isSingle() && hasList()) close();
        },
    };
}
