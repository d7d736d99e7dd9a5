import { persisted } from "./persisted.js";

export const LOCALES = ["ru", "en", "zh"] as const;
export type Locale = (typeof LOCALES)[number];
export type Theme = "light" | "dark";

const prefersDark = typeof matchMedia === "function" && matchMedia("(prefers-color-scheme: dark)").matches;

function browserLocale(): Locale {
    const language = typeof navigator === "undefined" ? "en" : navigator.language.slice(0, 2);
    return LOCALES.find((locale) => locale === language) ?? "en";
}

/** The same in all windows. Who one is is not: see `session.ts`. */
export const theme = persisted<Theme>("theme", prefersDark ? "dark" : "light", (value) => value === "light" || value === "dark");
export const locale = persisted<Locale>("locale", browserLocale(), (value) => LOCALES.includes(value as Locale));
export const isSidebarCollapsed = persisted<boolean>("sidebar-collapsed", false);
export const usesPrime = persisted<boolean>("primevue-wrapper", false);
export const showsWebhooks = persisted<boolean>("webhook-toasts", true);

export function nextLocale(current: Locale): Locale {
    return LOCALES[(LOCALES.indexOf(current) + 1) % LOCALES.length]!;
}
