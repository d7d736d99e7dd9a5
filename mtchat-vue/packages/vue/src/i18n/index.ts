export { createI18n, I18N_KEY, provideI18n, useI18n, useI18n as useLocale } from "./i18n.js";
export type { DateLike, I18n, I18nOptions, MessageKey, MessageParams, Messages, PartialMessages, Plural, PluralKey, ShapeOf } from "./types.js";
export { registerLocale } from "./texts.js";
