import { locale, type Locale } from "../stores/preferences.js";
import { en } from "./en.js";
import { ru } from "./ru.js";
import { zh } from "./zh.js";

const WORDS: Record<Locale, object> = { en, ru, zh };

/** The host's own words. The chat has its own, in the same language. */
export function useText() {
    return { t, has: (key: string) => find(locale.value, key) !== undefined, date, time, clock };
}

function t(key: string, values: Record<string, string | number> = {}): string {
    const text = find(locale.value, key) ?? find("en", key) ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

function find(language: Locale, key: string): string | undefined {
    const found = key.split(".").reduce<unknown>((place, name) => (place as Record<string, unknown> | undefined)?.[name], WORDS[language]);
    return typeof found === "string" ? found : undefined;
}

const format = (value: string, options: Intl.DateTimeFormatOptions): string => {
    const moment = new Date(value);
    return Number.isNaN(moment.getTime()) ? value : new Intl.DateTimeFormat(locale.value, options).format(moment);
};
const date = (value: string): string => format(value, { day: "numeric", month: "short" });
const time = (value: string): string => format(value, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const clock = (value: string): string => format(value, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
