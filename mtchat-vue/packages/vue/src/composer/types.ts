import type { MentionPerson } from "./editor/mention-match.js";

/** What the rich field and the simple one that stands in for it take. */
export interface FieldProps {
    /** HTML as it would be sent; `""`: nothing. */
    modelValue: string;
    /** What it belongs to. With another one all is another text, also when it reads the same. */
    subject: string;
    placeholder: string;
    label: string;
    /** Who can be mentioned. */
    people: readonly MentionPerson[];
    hasToolbar: boolean;
    /** Touch: Enter makes a line. */
    isCoarse: boolean;
    /** It is too long. */
    isInvalid: boolean;
}

export interface FieldEmits {
    "update:modelValue": [html: string];
    typed: [];
    submit: [];
    "edit-last": [event: KeyboardEvent];
    cancel: [event: KeyboardEvent];
    files: [files: readonly File[]];
}

export interface FieldExpose {
    /** With the caret where it was, or at the end. */
    focus(): void;
    /** Where the caret is. */
    insertText(text: string): void;
}
