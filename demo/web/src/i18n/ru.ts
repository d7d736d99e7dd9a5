import type { en } from "./en.js";

export const ru = {
    signIn: { title: "Кто вы сегодня?", text: "Выберите человека — увидите приложение его глазами." },
    layout: {
        subtitle: "Демо MTChat", menu: "Меню", chat: "Чат", inline: "Заказы и тендеры", admin: "Администрирование", unread: "Непрочитанных: {n}", user: "Пользователь", logout: "Выйти",
        secondWindow: "Второе окно: {name}", secondWindowWhy: "Поставьте рядом и пишите.",
        theme: "Тема", light: "Светлая тема", dark: "Тёмная тема", language: "Язык", languageName: "Русский", collapse: "Свернуть", webhookToasts: "Уведомления вебхуков",
        notice: "Демонстрация: паролей нет, каждый может быть каждым.",
    },
    chat: { title: "Чат", primevue: "Обёртка PrimeVue", newDialog: "Новый диалог", openObject: "Открыть: {object}" },
    connection: { back: "Соединение восстановлено", lost: "Соединение потеряно", lostText: "Написанное сохранится и уйдёт позже.", error: "Чат сообщает об ошибке" },
    webhook: { message: "Пишет {name}", joined: "{name} теперь в диалоге", pending: "{name}: есть непрочитанное" },
    inline: {
        title: "Заказы и тендеры", panel: "Объект", search: "Номер, название, город, компания…", filter: "Вид объекта", types: { all: "Все", order: "Заказы", tender: "Тендеры" },
        details: "Сведения", chat: "Чат", documents: "Документы", choose: "Выберите заказ или тендер — его чат откроется рядом с таблицей.", unknown: "Объекта {key} в демо нет.", back: "К списку", none: "Ничего не найдено",
    },
    type: { order: "Заказ", tender: "Тендер" },
    kind: { forwarder: "Экспедитор", shipper: "Грузоотправитель", carrier: "Перевозчик" },
    status: { planned: "Запланирован", in_transit: "В пути", customs: "Таможня", delivered: "Доставлен", open: "Открыт", closed: "Закрыт", active: "Активен", paused: "Приостановлен", disabled: "Выключен" },
    object: { number: "№", type: "Вид", title: "Название", route: "Маршрут", status: "Статус", date: "Дата", from: "Откуда", to: "Куда", cargo: "Груз", weight: "Вес", price: "Цена", company: "Компания", manager: "Ответственный", description: "Описание" },
    documents: { waybill: "Накладная", contract: "Договор перевозки", invoice: "Счёт", terms: "Условия тендера" },
    company: { name: "Название", id: "Код", kind: "Роль", city: "Город", people: "Людей" },
    user: { name: "Имя", id: "Код", company: "Компания", departments: "Отделы", permissions: "Права", contacts: "Контакты", email: "Почта", phone: "Телефон" },
    admin: {
        title: "Администрирование", text: "То, что делал бы ваш бэкенд: его данные и MTChat через Management API.",
        tabs: { dialogs: "Диалоги", companies: "Компании", users: "Пользователи", objects: "Объекты", webhooks: "Вебхуки", audit: "Журнал", settings: "Настройки" },
        usersText: "Компания, отделы и права попадают в токен тремя уровнями областей доступа.",
        addCompany: "Добавить компанию", addUser: "Добавить пользователя", addObject: "Добавить объект", edit: "Изменить: {name}", deleteNamed: "Удалить: {name}?", delete: "Удалить", cancel: "Отмена", save: "Сохранить", saved: "Сохранено", sure: "Вы уверены?",
        failed: "Не получилось", reload: "Обновить", loading: "Загрузка…", more: "Показать ещё",
    },
    dialog: {
        new: "Новый диалог", create: "Создать", title: "Название", object: "Объект", chooseObject: "О каком заказе или тендере речь?", url: "Ссылка на объект", participants: "Участники", choosePeople: "Выберите людей", created: "Создан", none: "Диалогов пока нет",
        scopes: "Области доступа", scopesText: "Кто может войти сам: правило должно совпасть на каждом уровне.", addRule: "Добавить правило", removeRule: "Убрать правило", level0: "Компании", level1: "Отделы", level2: "Права", any: "любые", noScopes: "Сам никто войти не может.",
        frozen: "Заморожен", freeze: "Заморозить", unfreeze: "Разморозить", isFrozen: "Диалог заморожен", isOpen: "Диалог снова открыт", details: "Подробности", addPerson: "Добавить", removePerson: "Убрать: {name}",
        hostSays: "Сказать от имени системы", notice: "Ваш заказ выехал со склада", say: "Отправить", said: "Отправлено",
    },
    settings: {
        connection: "Подключение", connectionText: "Хранит бэкенд; секреты на страницу не возвращаются.", apiUrl: "Адрес API", adminToken: "Токен администратора", jwtSecret: "Секрет JWT", none: "нет", jwt: "У пользователей подписанные токены (JWT)",
        endpointProblem: "Адрес для вебхуков не зарегистрирован:", forget: "Вернуть данные этой машины", data: "Данные", dataText: "Компании, пользователи и объекты демо. Диалоги живут в MTChat, их это не касается.",
        export: "Экспорт", import: "Импорт", imported: "Импортировано", sample: "Примеры переписки", seeded: "Создано диалогов: {n}", reset: "Сбросить", resetSure: "Все компании, пользователи и объекты станут такими, как в начале.",
    },
    webhooks: {
        text: "Что MTChat сообщает бэкенду: с подписью, по порядку внутри диалога, хотя бы один раз.", endpoint: "Адрес", behind: "отставание в журнале: {n}", pending: "ждут: {n}", dead: "оставлено: {n}", replaying: "Повтор",
        test: "Проверить", tested: "Проверка отправлена", replay: "Повторить за час", replayed: "Повтор начался", deliveries: "Доставки", deadLetters: "Недоставленное", attempt: "попытка {n}", again: "Доставить {event} ещё раз", retried: "Будет доставлено снова", retryAll: "Доставить всё",
        noDeliveries: "Пока ничего не доставлялось", noDead: "Всё доставлено", feed: "Живая лента", live: "На связи", notLive: "Переподключение…", isReplay: "повтор", noEvents: "Напишите что-нибудь в чате — появится здесь.",
    },
    audit: { text: "Что делали приложение и оператор, сцеплено хешами.", at: "Когда", action: "Что", actor: "Кто", about: "О чём", hash: "Хеш", none: "Пока пусто" },
} satisfies typeof en;
