import { computed, getCurrentInstance, inject, onServerPrefetch, provide, shallowRef, toValue, watch, type InjectionKey } from "vue";
import { daysAgo, direction, formatDate, formatFileSize, formatNumber, pluralCategory, sameYear } from "./format.js";
import { hasFailed, hasLocale, isWhole, loadLocale, speak, textsOf } from "./texts.js";
import type { I18n, I18nOptions, MessageKey, MessageParams, Plural } from "./types.js";

const FALLBACK_LOCALE = "ru";

/** How the language is found by what is below. */
export const I18N_KEY: InjectionKey<I18n> = Symbol("mtchat.i18n");

/** Give everything below a language; it follows `locale` and `messages` without a remount. */
export function provideI18n(options: I18nOptions = {}): I18n {
    const i18n = createI18n(options);
    provide(I18N_KEY, i18n);
    return i18n;
}

/** The language of the nearest `provideI18n`; without one, Russian. */
export function useI18n(): I18n {
    return inject(I18N_KEY, () => createI18n(), true);
}

/** Texts and formats of one language at a time. */
export function createI18n(options: I18nOptions = {}): I18n {
    // Holds only against the choice of the host that it was made against, and is forgotten with that.
    const chosen = shallowRef<{ locale: string; against: string | undefined }>();
    const asked = computed(() => {
        const byHost = toValue(options.locale);
        return chosen.value && chosen.value.against === byHost ? chosen.value.locale : byHost;
    });
    watch(
        () => toValue(options.locale),
        () => (chosen.value = undefined),
    );

    const ofHost = computed(() => toValue(options.messages) ?? {});
    const locale = computed(() => localeFor(asked.value, ofHost.value));
    const needed = computed(() => textsFor(locale.value));
    /** Its texts are on their way: until then nothing is said rather than something in another language. */
    const isWaiting = computed(() => !isWhole(needed.value) && !hasFailed(needed.value));
    const sources = computed<readonly unknown[]>((before) => {
        // What was said before stays until there is something to say instead: nothing loses its name meanwhile.
        if (isWaiting.value && before !== undefined) return before;
        return [ofHost.value[locale.value], textsOf(locale.value), ofHost.value["en"], isWaiting.value ? undefined : (textsOf("en") ?? textsOf(FALLBACK_LOCALE))];
    });
    watch(needed, speak, { immediate: true });
    if (getCurrentInstance() !== null) onServerPrefetch(() => loadLocale(needed.value));
    // A text is looked up for every row that is drawn: found once, it is kept until the language changes.
    const found = computed(() => ({ sources: sources.value, texts: new Map<string, unknown>() }));

    const message = (key: string): unknown => {
        const { sources, texts } = found.value;
        if (!texts.has(key)) texts.set(key, sources.map((source) => at(source, key)).find((text) => text !== undefined));
        return texts.get(key);
    };
    /** Nothing is said while it is on its way. */
    const missing = (key: string): string => {
        if (!isWaiting.value) return key;
        void loadLocale(needed.value);
        return "";
    };
    const text = (key: string): string => {
        const value = message(key);
        return typeof value === "string" ? value : missing(key);
    };

    return {
        locale,
        dir: computed(() => direction(locale.value)),
        setLocale: (next) => (chosen.value = { locale: next, against: toValue(options.locale) }),
        t: text,
        tt: (key, params) => interpolate(text(key), params),
        tn: (key, n, params) => {
            const forms = message(key);
            const form = isPlural(forms) ? (forms[pluralCategory(locale.value, n)] ?? forms.other) : missing(key);
            return interpolate(form, { n: formatNumber(locale.value, n), ...params });
        },
        te: (key): key is MessageKey => typeof message(key) === "string",
        ...createFormats(() => locale.value, text),
    };
}

type Formats = Pick<I18n, "formatDate" | "formatDateTime" | "formatDateDivider" | "formatTime" | "formatInboxTime" | "formatNumber" | "formatFileSize">;

const LONG_DATE = { day: "numeric", month: "long", year: "numeric" } as const;
const TIME = { hour: "2-digit", minute: "2-digit" } as const;

function createFormats(locale: () => string, text: (key: MessageKey) => string): Formats {
    const time = (at: Parameters<I18n["formatTime"]>[0]) => formatDate(locale(), at, TIME);
    return {
        formatDate: (at, options = LONG_DATE) => formatDate(locale(), at, options),
        formatDateTime: (at) => formatDate(locale(), at, { ...LONG_DATE, ...TIME }),
        formatDateDivider: (at, now = Date.now()) => {
            const days = daysAgo(at, now);
            if (days === 0) return text("dates.today");
            if (days === 1) return text("dates.yesterday");
            return formatDate(locale(), at, sameYear(at, now) ? { day: "numeric", month: "long" } : LONG_DATE);
        },
        formatTime: time,
        formatInboxTime: (at, now = Date.now()) => {
            if (daysAgo(at, now) === 0) return time(at);
            return formatDate(locale(), at, sameYear(at, now) ? { day: "numeric", month: "short" } : { day: "2-digit", month: "2-digit", year: "2-digit" });
        },
        formatNumber: (n) => formatNumber(locale(), n),
        formatFileSize: (bytes) => formatFileSize(locale(), bytes),
    };
}

function localeFor(asked: string | undefined, ofHost: object): string {
    return knownLocale(asked, (name) => hasLocale(name) || Object.hasOwn(ofHost, name));
}

/** Whose texts are needed: the language's own, or English for what a host's language lacks. */
function textsFor(locale: string): string {
    return hasLocale(locale) ? locale : "en";
}

/** What has to be loaded before anything can be said in a language; `null`: nothing. */
export function missingTexts(asked: string | undefined, ofHost: object = {}): (() => Promise<void>) | null {
    const name = textsFor(localeFor(asked, ofHost));
    return textsOf(name) === undefined ? () => loadLocale(name) : null;
}

/** The language itself, else its base, else the default. */
function knownLocale(asked: string | undefined, isKnown: (name: string) => boolean): string {
    if (!asked) return FALLBACK_LOCALE;
    const candidates = [asked, asked.toLowerCase(), asked.split(/[-_]/)[0]!.toLowerCase()];
    return candidates.find(isKnown) ?? FALLBACK_LOCALE;
}

function at(source: unknown, key: string): unknown {
    let value = source;
    for (const part of key.split(".")) {
        if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
        value = (value as Record<string, unknown>)[part];
    }
    return value;
}

/** Signs that turn the direction of all that follows: a name must not turn the sentence that it stands in. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/gu;

function interpolate(text: string, params: MessageParams): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(params, name) ? String(params[name]).replace(TURNING, "") : whole));
}

function isPlural(value: unknown): value is Plural & Record<string, string | undefined> {
    return typeof value === "object" && value !== null && typeof (value as Plural).other === "string";
}
