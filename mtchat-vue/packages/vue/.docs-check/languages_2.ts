import { useI18n } from "@mtchat/vue";

export function useGreeting(name: string, count: number) {
    const { t, tt, tn, formatTime, locale, setLocale } = useI18n();
    return {
        label: () => t("list.label"),
        reply: () => tt("input.replyTo", { name }),
        unread: () => tn("list.unread", count),
        now: () => formatTime(Date.now()),
        locale,
        setLocale,
    };
}

export {};
