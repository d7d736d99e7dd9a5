/** Before tests: what pages load when they are idle is there, and so are all languages. */
import { beforeAll } from "vitest";
import { registerLocale } from "../i18n/texts.js";
import { en } from "../i18n/locales/en/index.js";
import { ru } from "../i18n/locales/ru/index.js";
import { zh } from "../i18n/locales/zh/index.js";
import { loadParts } from "../lazy/idle.js";

registerLocale("en", en);
registerLocale("ru", ru);
registerLocale("zh", zh);
beforeAll(loadParts);
