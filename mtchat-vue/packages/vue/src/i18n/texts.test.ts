import { beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope } from "vue";

/** As a page begins: nothing but the default language is there. */
async function fresh() {
    vi.resetModules();
    const [{ createI18n }, texts, { loadParts }] = await Promise.all([import("./i18n.js"), import("./texts.js"), import("../lazy/idle.js")]);
    return { ...texts, loadParts, speak: (locale: string, messages = {}) => effectScope().run(() => createI18n({ locale, messages }))! };
}

let page: Awaited<ReturnType<typeof fresh>>;
beforeEach(async () => {
    page = await fresh();
});

describe("texts of a language", () => {
    it("are there at once in the default one", () => {
        expect(page.speak("ru").t("tabs.my")).not.toBe("");
    });

    it.each(["en", "zh"])("come later in %s, and until then nothing is said in another", async (locale) => {
        const i18n = page.speak(locale);
        expect([i18n.locale.value, i18n.t("actions.close"), i18n.te("actions.close")]).toEqual([locale, "", false]);
        await page.loadLocale(locale);
        expect(i18n.t("actions.close")).toBe({ en: "Close", zh: "关闭" }[locale]);
    });

    it("stay as they were until those of another language are there", async () => {
        const i18n = page.speak("ru");
        const before = i18n.t("tabs.my");
        i18n.setLocale("zh");
        expect(i18n.t("tabs.my")).toBe(before);
        await page.loadLocale("zh");
        expect(i18n.t("tabs.my")).toBe("我的");
    });

    it("are there at once where a host has registered them", async () => {
        const { en } = await import("./locales/en/index.js");
        page.registerLocale("en", en);
        expect(page.speak("en").t("actions.close")).toBe("Close");
    });

    it("may be of a language of the host's, without another one below it", () => {
        page.registerLocale("de", { actions: { close: "Schließen" } });
        expect(page.speak("de").t("actions.close")).toBe("Schließen");
    });

    it("of the default language that are said only later come with what says them", async () => {
        const i18n = page.speak("ru");
        expect(i18n.t("joinDialog.title")).toBe("");
        await page.loadLocale("ru");
        expect(i18n.t("joinDialog.title")).toMatch(/\p{Script=Cyrillic}/u);
    });

    it("come also when the language is chosen after the parts were loaded", async () => {
        page.speak("en");
        await page.loadParts();
        const i18n = page.speak("ru");
        await page.loadLocale("ru");
        expect(i18n.t("fileViewer.close")).not.toBe("");
    });
});
