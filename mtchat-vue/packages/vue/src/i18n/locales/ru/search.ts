import type { ShapeOf } from "../../types.js";
import type { search as en } from "../en/search.js";

export const search = {
    label: "Поиск чатов",
    placeholder: "Поиск по названию или компании",
    clear: "Очистить поиск",
    searching: "Ищем…",
    nothingFound: "Ничего не найдено",
    nothingFoundHint: "Нет чатов по запросу «{query}». Попробуйте другое название или компанию.",
} satisfies ShapeOf<typeof en>;
