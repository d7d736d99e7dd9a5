import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { defineComponent, h, nextTick, ref } from "vue";
import { createI18n, provideI18n, useI18n, type I18n, type PartialMessages } from "./index.js";

describe("which language is spoken", () => {
    it.each([
        [undefined, "ru"],
        ["ru", "ru"],
        ["en", "en"],
        ["zh", "zh"],
        ["EN", "en"],
        ["en-GB", "en"],
        ["zh_CN", "zh"],
        ["xx", "ru"],
        ["", "ru"],
        ["toString", "ru"],
    ])("asked for %s it is %s", (asked, spoken) => {
        expect(createI18n({ locale: asked }).locale.value).toBe(spoken);
    });

    it("takes a host's own language", () => {
        const i18n = createI18n({ locale: "de", messages: { de: { actions: { close: "Schließen" } } } });
        expect(i18n.locale.value).toBe("de");
        expect(i18n.t("actions.close")).toBe("Schließen");
    });

    it("changes at run time, without a remount", async () => {
        const locale = ref("en");
        const { wrapper } = below({ locale }, (i18n) => i18n.t("actions.close"));
        const element = wrapper.element;
        expect(wrapper.text()).toBe("Close");
        locale.value = "zh";
        await nextTick();
        expect(wrapper.text()).toBe("关闭");
        expect(wrapper.element).toBe(element);
    });

    it("keeps what was set until the host chooses anew", async () => {
        const locale = ref("en");
        const { i18n, wrapper } = below({ locale }, (i18n) => i18n.t("actions.close"));
        i18n.setLocale("ru");
        await nextTick();
        expect(wrapper.text()).toBe("Закрыть");
        locale.value = "zh";
        await nextTick();
        expect(wrapper.text()).toBe("关闭");
        locale.value = "en";
        await nextTick();
        expect(wrapper.text()).toBe("Close");
    });

    it("is Russian where nobody provided one", () => {
        const wrapper = mount(defineComponent(() => () => h("p", useI18n().locale.value)));
        expect(wrapper.text()).toBe("ru");
    });

    it.each([
        ["en", "ltr"],
        ["ar", "rtl"],
        ["he-IL", "rtl"],
    ])("%s is written %s", (locale, dir) => {
        expect(createI18n({ locale, messages: { [locale]: {} } }).dir.value).toBe(dir);
    });
});

describe("texts", () => {
    it("a host says single things differently", () => {
        const i18n = createI18n({ locale: "en", messages: { en: { actions: { leave: "Walk away" } } } });
        expect(i18n.t("actions.leave")).toBe("Walk away");
        expect(i18n.t("actions.join")).toBe("Join");
    });

    it("what a host's language lacks is said in English, in the host's English first", () => {
        const messages = { de: { actions: { close: "Schließen" } }, en: { actions: { leave: "Walk away" } } };
        const i18n = createI18n({ locale: "de", messages });
        expect(i18n.t("actions.join")).toBe("Join");
        expect(i18n.t("actions.leave")).toBe("Walk away");
    });

    it("what nobody can say is its key", () => {
        const i18n = createI18n({ locale: "en" });
        expect(i18n.t("actions.fly" as never)).toBe("actions.fly");
        expect(i18n.t("nowhere" as never)).toBe("nowhere");
        expect(i18n.tn("actions.close" as never, 2)).toBe("actions.close");
    });

    it("tells whether there is one", () => {
        const i18n = createI18n({ locale: "en" });
        expect(i18n.te("errors.network")).toBe(true);
        expect(i18n.te("errors.strange")).toBe(false);
        expect(i18n.te("errors")).toBe(false);
        expect(i18n.te("errors.toString")).toBe(false);
    });

    it("fills in what is known and leaves what is not", () => {
        const messages = { en: { dates: { at: "{date}, {time}, {date}, {place}" } } };
        const i18n = createI18n({ locale: "en", messages });
        expect(i18n.tt("dates.at", { date: "$1", time: 5 })).toBe("$1, 5, $1, {place}");
    });

    it("lets no name turn the sentence that it stands in", () => {
        const i18n = createI18n({ locale: "en", messages: { en: { system: { joined: "{name} has joined" } } } });
        expect(i18n.tt("system.joined", { name: "\u202egnp.exe\u2067x\u2069" })).toBe("gnp.exex has joined");
    });

    it("follows a host's words when they come later", () => {
        const messages = ref<Record<string, PartialMessages>>({});
        const i18n = createI18n({ locale: "en", messages });
        expect(i18n.t("actions.ok")).toBe("OK");
        messages.value = { en: { actions: { ok: "Fine" } } };
        expect(i18n.t("actions.ok")).toBe("Fine");
    });
});

describe("numbers of things", () => {
    it.each([
        ["en", 0, "0 unread messages"],
        ["en", 1, "1 unread message"],
        ["en", 1200, "1,200 unread messages"],
        ["ru", 1, "1 непрочитанное сообщение"],
        ["ru", 3, "3 непрочитанных сообщения"],
        ["ru", 11, "11 непрочитанных сообщений"],
        ["ru", 21, "21 непрочитанное сообщение"],
        ["zh", 5, "5 条未读消息"],
    ])("%s: %i", (locale, n, text) => {
        expect(createI18n({ locale }).tn("status.unread", n)).toBe(text);
    });

    it("takes the general form where a host has no other", () => {
        const i18n = createI18n({ locale: "pl", messages: { pl: { status: { unread: { other: "nieprzeczytane: {n}" } } } } });
        expect(i18n.tn("status.unread", 3)).toBe("nieprzeczytane: 3");
    });

    it("counts in English where a language has no such text", () => {
        const i18n = createI18n({ locale: "pl", messages: { pl: {} } });
        expect(i18n.tn("status.unread", 3)).toBe("3 unread messages");
    });
});

describe("dates", () => {
    const now = new Date(2026, 10, 29, 15, 30);

    it.each([
        ["en", new Date(2026, 10, 29, 0, 1), "Today"],
        ["en", new Date(2026, 10, 28, 23, 59), "Yesterday"],
        ["en", new Date(2026, 10, 27, 23, 59), "November 27"],
        ["en", new Date(2025, 10, 28, 12, 0), "November 28, 2025"],
        ["ru", new Date(2026, 10, 28, 12, 0), "Вчера"],
        ["ru", new Date(2026, 10, 24, 12, 0), "24 ноября"],
        ["ru", new Date(2025, 10, 24, 12, 0), "24 ноября 2025 г."],
        ["zh", new Date(2026, 10, 24, 12, 0), "11月24日"],
    ])("%s divides days: %s", (locale, at, text) => {
        expect(createI18n({ locale }).formatDateDivider(at, now)).toBe(text);
    });

    it.each([
        ["ru", "09:05"],
        ["zh", "09:05"],
        ["en", "09:05 AM"],
    ])("%s tells the time with two digits", (locale, text) => {
        expect(plain(createI18n({ locale }).formatTime(new Date(2026, 10, 29, 9, 5)))).toBe(text);
    });

    it.each([
        [new Date(2026, 10, 29, 9, 5), "09:05"],
        [new Date(2026, 10, 28, 9, 5), "28 нояб."],
        [new Date(2025, 10, 28, 9, 5), "28.11.25"],
    ])("the list shows %s as %s", (at, text) => {
        expect(createI18n({ locale: "ru" }).formatInboxTime(at, now)).toBe(text);
    });

    it("reads what the wire has", () => {
        const at = new Date(2026, 0, 2, 3, 4);
        const i18n = createI18n({ locale: "ru" });
        expect(i18n.formatDate(at.toISOString())).toBe("2 января 2026 г.");
        expect(i18n.formatDate(at.getTime())).toBe("2 января 2026 г.");
        expect(i18n.formatDateTime(at)).toContain("03:04");
    });

    it("shows nothing for what is no date", () => {
        const i18n = createI18n({ locale: "en" });
        expect([i18n.formatTime(""), i18n.formatDateDivider("never"), i18n.formatInboxTime("never")]).toEqual(["", "", ""]);
    });

    it("has dates in a language that Intl has not heard of", () => {
        const i18n = createI18n({ locale: "our_own_words", messages: { our_own_words: { dates: { today: "Now" } } } });
        expect(i18n.formatDateDivider(now, now)).toBe("Now");
        expect(i18n.formatDate(new Date(2026, 0, 2))).toContain("2026");
    });
});

describe("sizes of files", () => {
    it.each([
        ["en", 0, "0 B"],
        ["en", 1023, "1,023 B"],
        ["en", 1536, "1.5 kB"],
        ["en", 5 * 1024 * 1024, "5 MB"],
        ["ru", 1536, "1,5 кБ"],
    ])("%s: %i is %s", (locale, bytes, text) => {
        expect(plain(createI18n({ locale }).formatFileSize(bytes))).toBe(text);
    });
});

/** `Intl` puts spaces that do not break. */
function plain(text: string): string {
    return text.replace(/[\u00a0\u202f]/g, " ");
}

function below(options: Parameters<typeof provideI18n>[0], text: (i18n: I18n) => string) {
    let i18n!: I18n;
    const Below = defineComponent(() => {
        const mine = useI18n();
        return () => h("p", text(mine));
    });
    const wrapper = mount(
        defineComponent(() => {
            i18n = provideI18n(options);
            return () => h(Below);
        }),
    );
    return { i18n, wrapper };
}
