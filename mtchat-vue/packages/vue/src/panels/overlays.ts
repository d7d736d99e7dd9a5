import type { AttachmentView, DialogItemView, MessageView } from "@mtchat/client";
import { type InjectionKey, type ShallowRef, inject, provide, shallowRef } from "vue";

/** What is asked of a user before something that can not be taken back. */
export interface ConfirmOptions {
    title: string;
    text?: string;
    confirmLabel: string;
    danger?: boolean;
}

/** What is shown over the chat. Whoever is below the root asks for it; `<Overlays/>` shows it. */
export interface Overlays {
    viewer(files: readonly AttachmentView[], index?: number): void;
    /** Who has read a message. */
    readers(message: MessageView): void;
    /** Earlier versions of an edited message. */
    history(message: MessageView): void;
    join(dialog: DialogItemView): void;
    /** `false` also when something else takes its place. */
    confirm(options: ConfirmOptions): Promise<boolean>;
}

/** What is shown now. */
export type Overlay =
    | { readonly kind: "viewer"; readonly files: readonly AttachmentView[]; readonly index: number }
    | { readonly kind: "readers"; readonly message: MessageView }
    | { readonly kind: "history"; readonly message: MessageView }
    | { readonly kind: "join"; readonly dialog: DialogItemView };

/** A question that waits for its answer. It may stand over what is shown. */
export interface Question {
    readonly options: ConfirmOptions;
    answer(yes: boolean): void;
}

/** The same, for `<Overlays/>`. */
export interface OverlayStack extends Overlays {
    readonly current: Readonly<ShallowRef<Overlay | null>>;
    readonly question: Readonly<ShallowRef<Question | null>>;
    dismiss(): void;
}

const OVERLAYS_KEY: InjectionKey<OverlayStack> = Symbol("mtchat.overlays");

/** One place for overlays, for all that is below the caller. */
export function provideOverlays(): Overlays {
    const stack = createOverlays();
    provide(OVERLAYS_KEY, stack);
    return stack;
}

/** How to show something over the chat. */
export function injectOverlays(): Overlays {
    return injectOverlayStack();
}

/** @internal */
export function injectOverlayStack(): OverlayStack {
    const stack = inject(OVERLAYS_KEY, null);
    if (stack === null) throw new Error("Nothing shows overlays here: this belongs below <MTChat>, or below provideOverlays().");
    return stack;
}

function createOverlays(): OverlayStack {
    const current = shallowRef<Overlay | null>(null);
    const question = shallowRef<Question | null>(null);
    return {
        current,
        question,
        viewer: (files, index = 0) => {
            if (files.length > 0) current.value = { kind: "viewer", files, index };
        },
        readers: (message) => {
            current.value = { kind: "readers", message };
        },
        history: (message) => {
            current.value = { kind: "history", message };
        },
        join: (dialog) => {
            current.value = { kind: "join", dialog };
        },
        confirm: (options) => ask(question, options),
        dismiss: () => {
            current.value = null;
        },
    };
}

function ask(question: ShallowRef<Question | null>, options: ConfirmOptions): Promise<boolean> {
    question.value?.answer(false);
    return new Promise((resolve) => {
        const mine: Question = {
            options,
            answer: (yes) => {
                if (question.value === mine) question.value = null;
                resolve(yes);
            },
        };
        question.value = mine;
    });
}
