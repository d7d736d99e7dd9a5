/** What a replacement of a primitive has to keep: props, events and methods of each. */
import type { IconName } from "../icons/paths.js";

export type ButtonVariant = "primary" | "secondary" | "danger" | "ghost" | "text";
export type ControlSize = "sm" | "md" | "lg";

export interface ButtonProps {
    /** Default `secondary`. */
    variant?: ButtonVariant;
    /** Default `md`. */
    size?: ControlSize;
    disabled?: boolean;
    /** Shows a spinner and takes no clicks. */
    loading?: boolean;
    /** Default `button`. */
    type?: "button" | "submit" | "reset";
    icon?: IconName;
    /** Names a button that has an icon only. */
    title?: string;
}

export interface DialogProps {
    visible: boolean;
    header?: string;
    /** What is behind it can not be reached. Default `true`. */
    modal?: boolean;
    /** Esc, the × and a click beside it close it. Default `true`. */
    closable?: boolean;
    /** Any CSS length. Default `480px`. */
    maxWidth?: string;
    /** It can be moved by its header. */
    draggable?: boolean;
    /** Only for a dialog that is rendered outside of the root. */
    theme?: string;
}

export interface DialogEmits {
    "update:visible": [visible: boolean];
    close: [];
}

export interface MenuItem {
    label?: string;
    icon?: IconName;
    /** What choosing it does, once the menu is closed and the focus is back. */
    command?: (event: { originalEvent: Event; item: MenuItem }) => void;
    disabled?: boolean;
    /** A line, not an item. */
    separator?: boolean;
    danger?: boolean;
}

export interface MenuProps {
    items: readonly MenuItem[];
    /** Opens over the page beside what was clicked; `false`: stands where it is. Default `true`. */
    popup?: boolean;
    theme?: string;
}

export interface ContextMenuProps {
    items: readonly MenuItem[];
    theme?: string;
}

export interface MenuEmits {
    select: [item: MenuItem, event: Event];
    hide: [];
}

export interface ContextMenuExpose {
    /** Open at the pointer, or beside the element that has the focus if a key asked for it. */
    show(event: Event): void;
    hide(): void;
}

export interface MenuExpose extends ContextMenuExpose {
    /** Open beside the event's element, or close. */
    toggle(event: Event): void;
}

export interface InputProps {
    modelValue?: string;
    placeholder?: string;
    /** Default `text`. */
    type?: string;
    disabled?: boolean;
    invalid?: boolean;
    /** Shows a × while there is text. */
    clearable?: boolean;
    size?: ControlSize;
}

export interface InputEmits {
    "update:modelValue": [value: string];
    clear: [];
    focus: [event: FocusEvent];
    blur: [event: FocusEvent];
    keydown: [event: KeyboardEvent];
}

export interface InputExpose {
    focus(): void;
    select(): void;
}

export interface CheckboxProps {
    modelValue?: boolean;
    label?: string;
    disabled?: boolean;
    name?: string;
}

export interface CheckboxEmits {
    "update:modelValue": [checked: boolean];
}

export type ChoiceValue = string | number | boolean;

export interface RadioButtonProps {
    modelValue?: ChoiceValue | null;
    value: ChoiceValue;
    label?: string;
    disabled?: boolean;
    /** The same for all of one choice. */
    name?: string;
}

export interface RadioButtonEmits {
    "update:modelValue": [value: ChoiceValue];
}

export interface TabsProps {
    modelValue?: string | number;
}

export interface TabsEmits {
    "update:modelValue": [value: string | number];
}

export interface TabProps {
    value: string | number;
    label?: string;
    /** A count beside the label. */
    badge?: string | number | null;
    disabled?: boolean;
}

/** Values of the panels that are open: one, or several with `multiple`. */
export type AccordionValue = string | number | readonly (string | number)[] | null;

export interface AccordionProps {
    modelValue?: AccordionValue;
    multiple?: boolean;
}

export interface AccordionEmits {
    "update:modelValue": [value: AccordionValue];
}

export interface AccordionPanelProps {
    value: string | number;
    header?: string;
    disabled?: boolean;
}

export interface TagProps {
    value?: string | number;
}

export interface SpinnerProps {
    /** Pixels. Default 32. */
    size?: number | string;
    /** What it says to screen readers. Default «Loading». */
    label?: string;
}

export type TooltipPosition = "top" | "bottom" | "left" | "right";

/** What `v-tooltip` takes; nothing to say shows nothing. */
export type TooltipValue = string | null | undefined | TooltipOptions;

export interface TooltipOptions {
    value?: string | null;
    /** Default `top`. */
    position?: TooltipPosition;
    /** Milliseconds before it shows. Default 400; by keyboard at once. */
    showDelay?: number;
    /** Milliseconds before it goes. Default 100. */
    hideDelay?: number;
}
