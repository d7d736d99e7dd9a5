import { computed, inject, provide, toValue, type ComputedRef, type InjectionKey, type MaybeRefOrGetter } from "vue";

/** How the theme is found by what is below. */
export const THEME_KEY: InjectionKey<ComputedRef<string>> = Symbol("mtchat.theme");

/** Tell what is below which theme the root has; only what is rendered outside of the root needs it. */
export function provideTheme(theme: MaybeRefOrGetter<string | undefined>): ComputedRef<string> {
    const current = computed(() => toValue(theme) || "light");
    provide(THEME_KEY, current);
    return current;
}

/** The theme of the nearest root; `light` without one. */
export function useTheme(): ComputedRef<string> {
    return inject(THEME_KEY, () => computed(() => "light"), true);
}

/** The class that carries a theme's tokens. */
export function themeClass(theme: string): string {
    return `mtchat--${theme}`;
}
