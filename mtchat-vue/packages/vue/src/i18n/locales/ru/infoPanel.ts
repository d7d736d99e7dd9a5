import type { ShapeOf } from "../../types.js";
import type { infoPanel as en } from "../en/infoPanel.js";

export const infoPanel = {
    title: "О чате",
    object: "Относится к",
    created: "Создан",
    you: "вы",
    creator: "Начал чат",
    owner: "Владелец",
    moderator: "Модератор",
    readOnly: "Только читает",
    noCompany: "Без компании",
    lastSeen: "Был(а) в сети {time}",
    email: "Написать на почту: {name}",
    phone: "Позвонить: {name}",
    files: "Файлы",
    noFiles: "В загруженных сообщениях файлов нет",
    allFiles: { one: "Показать ещё {n}", few: "Показать ещё {n}", many: "Показать ещё {n}", other: "Показать ещё {n}" },
    openFile: "Открыть {name}",
    loading: "Загружаем участников…",
} satisfies ShapeOf<typeof en>;
