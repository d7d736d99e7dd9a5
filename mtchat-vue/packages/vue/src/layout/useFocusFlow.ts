import { nextTick, type ShallowRef, watch } from "vue";
import type { ChatView } from "./useViews.js";

export interface FocusFlowOptions {
    view: () => ChatView;
    isInfoOpen: () => boolean;
    /** There is one column: what one looked at before can not be seen any more. */
    isSingle: () => boolean;
}

/** Where in each part one begins: the row that was open, or what leads back. Of several the first that there is. */
const BEGINNINGS: Readonly<Record<ChatView, readonly string[]>> = {
    list: [".mtchat-rows [aria-current='true']", ".mtchat-rows [tabindex='0']", ".mtchat-layout__list"],
    chat: [".mtchat-layout__chat .mtchat-header__back", ".mtchat-layout__chat"],
    info: [".mtchat-layout__info button", ".mtchat-layout__info"],
};

/** The focus goes along with what one looks at, and comes back to where the info panel was opened. It is never taken from the rest of the page. */
export function useFocusFlow(root: Readonly<ShallowRef<HTMLElement | null>>, { view, isInfoOpen, isSingle }: FocusFlowOptions): void {
    let opener: HTMLElement | null = null;

    // Before it is rendered the focus is still where it was.
    watch(isInfoOpen, (isOpen) => {
        if (isOpen) {
            opener = focused(root.value);
            return;
        }
        const wasInside = focused(root.value)?.closest(".mtchat-layout__info") != null;
        if (!wasInside) return;
        void nextTick(() => {
            if (opener?.isConnected) opener.focus();
            opener = null;
        });
    });
    watch(view, (now, before) => {
        // From info back to the chat it goes to where it came from.
        if (!isSingle() || focused(root.value) === null || (before === "info" && now === "chat")) return;
        void nextTick(() => begin(root.value, now));
    });
}

function begin(root: HTMLElement | null, view: ChatView): void {
    for (const selector of BEGINNINGS[view]) {
        const beginning = root?.querySelector<HTMLElement>(selector);
        if (beginning) return beginning.focus({ preventScroll: true });
    }
}

/** What has the focus, if it is in the chat. */
function focused(root: HTMLElement | null): HTMLElement | null {
    const scope = root?.getRootNode() as Document | ShadowRoot | undefined;
    const element = scope?.activeElement;
    return element instanceof HTMLElement && root!.contains(element) ? element : null;
}
