import { shallowReactive } from "vue";
import { onIdle } from "../lazy/idle.js";
import { first } from "./locales/ru/first.js";
import type { PartialMessages } from "./types.js";

/** Texts that are there. Of the default language what is said at once; the rest and others are chunks of their own, or a host has registered them. */
const texts = shallowReactive(new Map<string, PartialMessages>([["ru", first]]));
/** Languages of which there is everything. */
const whole = shallowReactive(new Set<string>());
const LOADERS: Readonly<Record<string, () => Promise<PartialMessages>>> = {
    ru: async () => ({ ...first, ...(await import("./locales/ru/later.js")).later }),
    en: async () => (await import("./locales/en/index.js")).en,
    zh: async () => (await import("./locales/zh/index.js")).zh,
};
/** Languages that somebody has asked for. */
const spoken = new Set<string>();
/** There are parts that say more than what is said at first. */
let isRestWanted = false;
const loading = new Map<string, Promise<void>>();
/** Languages that could not be loaded so far. */
const failed = shallowReactive(new Set<string>());

/** After so long it is asked for again, in milliseconds. */
const RETRY = 5_000;

/**
 * Have the texts of a language at once, without a chunk that comes later: `registerLocale("en", en)` with `en` of
 * `@mtchat/vue/locales/en`. For pages that are rendered on a server, and for languages of one's own.
 */
export function registerLocale(locale: string, messages: PartialMessages): void {
    texts.set(locale, messages);
    whole.add(locale);
    failed.delete(locale);
}

/** Names of the languages that there are texts for, here or in a chunk. */
export function hasLocale(locale: string): boolean {
    return texts.has(locale) || Object.hasOwn(LOADERS, locale);
}

/** All of its texts are there. */
export function isWhole(locale: string): boolean {
    return whole.has(locale);
}

/** `undefined`: there are none, or they are on their way. */
export function textsOf(locale: string): PartialMessages | undefined {
    return texts.get(locale);
}

/** It could not be loaded so far: better another language than none. */
export function hasFailed(locale: string): boolean {
    return failed.has(locale);
}

/** A language is asked for. The default one says what is seen first at once; its rest comes with what is shown later. */
export function speak(locale: string): void {
    spoken.add(locale);
    if (!texts.has(locale) || isRestWanted) void loadLocale(locale);
}

/** Load a language, unless it is there. Never rejects. */
export function loadLocale(locale: string): Promise<void> {
    const load = Object.hasOwn(LOADERS, locale) ? LOADERS[locale] : undefined;
    if (whole.has(locale) || load === undefined) return Promise.resolve();
    const known = loading.get(locale);
    if (known !== undefined) return known;
    const mine = load()
        .then(
            (messages) => registerLocale(locale, messages),
            () => {
                failed.add(locale);
                if (typeof window !== "undefined") setTimeout(() => void loadLocale(locale), RETRY);
            },
        )
        .finally(() => loading.delete(locale));
    loading.set(locale, mine);
    return mine;
}

/** What parts that are loaded later say: the rest of the default language. */
export function laterTexts(): Promise<void> {
    isRestWanted = true;
    return spoken.has("ru") ? loadLocale("ru") : Promise.resolve();
}
onIdle(laterTexts);
