import { inject, type ComputedRef, type InjectionKey } from "vue";
import type { TabProps } from "./types.js";

/** What a tab knows of its tabs. */
export interface TabsContext {
    readonly selected: ComputedRef<string | number | undefined>;
    /** The one that Tab reaches. */
    readonly reachable: ComputedRef<string | number | undefined>;
    select(value: string | number): void;
    /** Be one of them, until what comes back is called. */
    register(tab: Readonly<TabProps>): () => void;
}

/** What a panel knows of its accordion. */
export interface AccordionContext {
    isOpen(value: string | number): boolean;
    toggle(value: string | number): void;
}

export const TABS_KEY: InjectionKey<TabsContext> = Symbol("mtchat.tabs");
export const ACCORDION_KEY: InjectionKey<AccordionContext> = Symbol("mtchat.accordion");

/** What `parent` gives; throws naming it when it is missing. */
export function injectFrom<T>(key: InjectionKey<T>, parent: string): T {
    const context = inject(key);
    if (!context) throw new Error(`This has to be inside of <${parent}>`);
    return context;
}
