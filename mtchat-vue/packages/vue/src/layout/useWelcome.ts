import { nextTick, watch } from "vue";
import { useCoarsePointer } from "../composer/useCoarsePointer.js";
import { activeElement } from "../primitives/focus.js";

export interface WelcomeOptions {
    /** Which dialog is open. */
    dialog: () => string | null;
    /** `null` while that is not known. */
    isMember: () => boolean | null;
    /** Put the caret where one writes. */
    write: () => void;
}

/**
 * The button by which one joins is gone afterwards, and the focus with it: it goes to where one writes. What comes back is called when
 * the join dialog is over, which may be before or after one is a member here. An on-screen keyboard is not opened unasked.
 */
export function useWelcome({ dialog, isMember, write }: WelcomeOptions): () => Promise<void> {
    const isCoarse = useCoarsePointer();
    let joined: string | null = null;

    const welcome = async () => {
        const meant = dialog();
        // First what was there goes, then the dialog over it looks for somewhere to give the focus back to.
        await nextTick();
        await nextTick();
        if (meant !== null && joined === meant && dialog() === meant && isMember() === true && !isCoarse.value && activeElement() === null) write();
    };
    watch([dialog, isMember] as const, ([now, member], [before, wasMember]) => {
        if (now !== before) joined = null;
        else if (member === true && wasMember === false) joined = now;
        if (joined !== null) void welcome();
    });
    return welcome;
}
