import type { ShapeOf } from "../../types.js";
import type { en } from "../en/index.js";

export const chat = {
    messages: "Сообщения",
    loading: "Загружаем сообщения…",
    loadingMore: "Загружаем ещё сообщения…",
    empty: "Сообщений пока нет",
    emptyHint: "Напишите первое: его увидят все участники чата.",
    loadFailed: "Не удалось загрузить сообщения",
    toBottom: "К последним сообщениям",
    newMessages: { one: "{n} новое сообщение", few: "{n} новых сообщения", many: "{n} новых сообщений", other: "{n} нового сообщения" },
    unread: "Новые сообщения",
    gone: "Это сообщение удалено",
} satisfies ShapeOf<typeof en.chat>;
