import type { ShapeOf } from "../../types.js";
import type { fileViewer as en } from "../en/fileViewer.js";

export const fileViewer = {
    label: "Просмотр файлов",
    close: "Закрыть",
    previous: "Предыдущий файл",
    next: "Следующий файл",
    zoomIn: "Увеличить",
    zoomOut: "Уменьшить",
    reset: "По размеру окна",
    download: "Скачать",
    downloadFailed: "Не удалось начать загрузку. Попробуйте ещё раз.",
    counter: "{index} из {total}",
    announce: "{name}, файл {index} из {total}",
    page: "Страница {index} из {total}",
    pages: { one: "{n} страница", few: "{n} страницы", many: "{n} страниц", other: "{n} страницы" },
    loading: "Загрузка…",
    retry: "Повторить",
    imageFailed: "Не удалось показать изображение",
    pdfFailed: "Не удалось показать документ",
    failedHint: "Файл можно скачать.",
    pdfPassword: "Документ защищён паролем",
    noPreview: "Для файлов этого типа нет предпросмотра",
    unavailable: "Файл больше недоступен",
} satisfies ShapeOf<typeof en>;
