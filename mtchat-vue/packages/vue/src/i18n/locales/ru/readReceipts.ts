import type { ShapeOf } from "../../types.js";
import type { readReceipts as en } from "../en/readReceipts.js";

export const readReceipts = {
    title: "Кто прочитал",
    readCount: "Прочитали: {n}",
    notYetCount: "Ещё нет: {n}",
    nobody: "Пока никто не прочитал",
    everybody: "Прочитали все",
    alone: "Кроме вас, в чате никого нет",
    noCompany: "Без компании",
    historyTitle: "Прежние версии",
    historyNow: "Сейчас",
    historyUntil: "До {time}",
    historyNone: "Прежних версий нет",
    historyFailed: "Не удалось загрузить версии",
    historyLoading: "Загружаем…",
    historyEmpty: "Без текста",
} satisfies ShapeOf<typeof en>;
