import type { DateLike } from "./types.js";

const DAY = 86_400_000;
const dateFormats = new Map<string, Intl.DateTimeFormat>();
const numberFormats = new Map<string, Intl.NumberFormat>();
const pluralRules = new Map<string, Intl.PluralRules>();
const RTL = new Set(["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"]);
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A date in a language. `""` for what is no date, so that a bad value never breaks a row. */
export function formatDate(locale: string, at: DateLike, options: Intl.DateTimeFormatOptions): string {
    const date = toDate(at);
    return date ? dateFormat(locale, options).format(date) : "";
}

/** Days from `at` to `now` by the calendar on the wall: 0 today, 1 yesterday. `null` for what is no date. */
export function daysAgo(at: DateLike, now: DateLike): number | null {
    const [then, today] = [toDate(at), toDate(now)];
    return then && today ? Math.round((midnight(today) - midnight(then)) / DAY) : null;
}

export function sameYear(at: DateLike, now: DateLike): boolean {
    return toDate(at)?.getFullYear() === toDate(now)?.getFullYear();
}

export function formatNumber(locale: string, n: number, options: Intl.NumberFormatOptions = {}): string {
    const key = locale + JSON.stringify(options);
    return cached(numberFormats, key, () => new Intl.NumberFormat(intlLocale(locale), options)).format(n);
}

export function formatFileSize(locale: string, bytes: number): string {
    let size = Math.max(0, bytes);
    let unit = 0;
    while (size >= 1024 && unit < UNITS.length - 1) {
        size /= 1024;
        unit += 1;
    }
    const text = formatNumber(locale, size, {
        style: "unit",
        unit: UNITS[unit],
        unitDisplay: unit === 0 ? "narrow" : "short",
        maximumFractionDigits: unit === 0 ? 0 : 1,
    });
    // Bytes come as «12B», all others as «1.5 kB».
    return text.replace(/(\d)(\p{L})/u, "$1\u00a0$2");
}

export function pluralCategory(locale: string, n: number): Intl.LDMLPluralRule {
    return cached(pluralRules, locale, () => new Intl.PluralRules(intlLocale(locale))).select(n);
}

export function direction(locale: string): "ltr" | "rtl" {
    return RTL.has(locale.split(/[-_]/)[0]!.toLowerCase()) ? "rtl" : "ltr";
}

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = locale + JSON.stringify(options);
    return cached(dateFormats, key, () => new Intl.DateTimeFormat(intlLocale(locale), options));
}

/** A host may call its language what it likes; `Intl` throws for what is no tag. */
function intlLocale(locale: string): string {
    try {
        return Intl.getCanonicalLocales(locale.replaceAll("_", "-"))[0] ?? "en";
    } catch {
        return "en";
    }
}

function toDate(at: DateLike): Date | null {
    const date = at instanceof Date ? at : new Date(at);
    return Number.isNaN(date.getTime()) ? null : date;
}

function midnight(date: Date): number {
    return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}

function cached<T>(map: Map<string, T>, key: string, make: () => T): T {
    const found = map.get(key);
    if (found) return found;
    const made = make();
    map.set(key, made);
    return made;
}
