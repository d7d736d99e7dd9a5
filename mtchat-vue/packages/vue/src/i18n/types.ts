import type { ComputedRef, MaybeRefOrGetter } from "vue";
import type { en } from "./locales/en/index.js";

/** A text that depends on a number. `Intl.PluralRules` of the language chooses; `{n}` is the number. */
export interface Plural {
    zero?: string;
    one?: string;
    two?: string;
    few?: string;
    many?: string;
    other: string;
}

/** What another language must have for it to say what `T` of English says: the same keys, its own plural forms. */
export type ShapeOf<T> = T extends string ? string : T extends { other: string } ? Plural : { [K in keyof T]: ShapeOf<T[K]> };

/** All texts of one language. */
export type Messages = ShapeOf<typeof en>;

/** Some of them: what a host says differently, or a language of its own. */
export type PartialMessages<T = Messages> = { [K in keyof T]?: T[K] extends string | Plural ? T[K] : PartialMessages<T[K]> };

type StringKeys<T, P extends string = ""> = {
    [K in keyof T & string]: T[K] extends string ? `${P}${K}` : T[K] extends { other: string } ? never : StringKeys<T[K], `${P}${K}.`>;
}[keyof T & string];

type PluralKeys<T, P extends string = ""> = {
    [K in keyof T & string]: T[K] extends string ? never : T[K] extends { other: string } ? `${P}${K}` : PluralKeys<T[K], `${P}${K}.`>;
}[keyof T & string];

/** `group.key` of every text. */
export type MessageKey = StringKeys<typeof en>;

/** `group.key` of every text that depends on a number. */
export type PluralKey = PluralKeys<typeof en>;

/** What is put in place of `{name}`. */
export type MessageParams = Readonly<Record<string, string | number>>;

/** What the wire has (RFC 3339), a `Date`, or milliseconds. */
export type DateLike = string | number | Date;

export interface I18nOptions {
    /** Default `ru`. Of a language that is not known (`en-GB`) its base (`en`) is taken, else `ru`. */
    locale?: MaybeRefOrGetter<string | undefined>;
    /** The host's words by language: single ones that differ, or whole languages. What is missing is said in English. */
    messages?: MaybeRefOrGetter<Readonly<Record<string, PartialMessages>> | undefined>;
}

export interface I18n {
    /** The language in use, one that there are texts for. */
    readonly locale: ComputedRef<string>;
    /** Which way it is written. */
    readonly dir: ComputedRef<"ltr" | "rtl">;
    /** Speak another language, until the host's own choice changes. */
    setLocale(locale: string): void;
    t(key: MessageKey): string;
    tt(key: MessageKey, params: MessageParams): string;
    /** A text for `n`; `{n}` is the number, written as the language does. */
    tn(key: PluralKey, n: number, params?: MessageParams): string;
    /** There is such a text: for keys made of codes. */
    te(key: string): key is MessageKey;
    /** 24 November 2026. */
    formatDate(at: DateLike, options?: Intl.DateTimeFormatOptions): string;
    /** 24 November 2026, 14:05. */
    formatDateTime(at: DateLike): string;
    /** Today, Yesterday, 24 November, or 24 November 2025. */
    formatDateDivider(at: DateLike, now?: DateLike): string;
    /** 14:05. */
    formatTime(at: DateLike): string;
    /** The time if it is of today, else a short date. */
    formatInboxTime(at: DateLike, now?: DateLike): string;
    formatNumber(n: number): string;
    /** 1.5 MB. */
    formatFileSize(bytes: number): string;
}
