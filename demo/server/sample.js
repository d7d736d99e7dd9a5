/** The believable beginning: companies that move goods, their people, and what they talk about. */

/** @type {import("./store.js").Company[]} */
const COMPANIES = [
    { id: "volna", name: "Волна Логистик", kind: "forwarder", city: "Казань" },
    { id: "nordwind", name: "Nordwind Foods", kind: "shipper", city: "Hamburg" },
    { id: "taiga", name: "Тайга Транс", kind: "carrier", city: "Новосибирск" },
    { id: "hanse", name: "Hanse Cargo", kind: "carrier", city: "Rotterdam" },
    { id: "jinlong", name: "金龙电子", kind: "shipper", city: "深圳" },
    { id: "silkway", name: "丝路货运", kind: "carrier", city: "西安" },
];

/** @type {import("./store.js").User[]} */
const USERS = [
    user("anna", "Анна Соколова", "volna", ["logistics"], ["orders", "tenders", "moderate"], "anna.sokolova@volna.example", "+7 900 555-01-10", "ru"),
    user("pavel", "Павел Орлов", "volna", ["finance"], ["orders"], "pavel.orlov@volna.example", "+7 900 555-01-11", "ru"),
    user("emma", "Emma Fischer", "nordwind", ["procurement"], ["orders", "tenders"], "emma.fischer@nordwind.example", "+49 40 555 0120", "en"),
    user("lukas", "Lukas Brandt", "nordwind", ["warehouse"], ["orders"], "lukas.brandt@nordwind.example", "+49 40 555 0121", "en"),
    user("ivan", "Иван Морозов", "taiga", ["dispatch"], ["orders"], "ivan.morozov@taiga.example", "+7 900 555-01-30", "ru"),
    user("olga", "Ольга Лебедева", "taiga", ["sales"], ["orders", "tenders"], "olga.lebedeva@taiga.example", "+7 900 555-01-31", "ru"),
    user("james", "James Carter", "hanse", ["dispatch"], ["orders"], "james.carter@hanse.example", "+31 10 555 0140", "en"),
    user("sofia", "Sofia Rossi", "hanse", ["sales"], ["orders", "tenders"], "sofia.rossi@hanse.example", "+31 10 555 0141", "en"),
    user("liwei", "李伟", "jinlong", ["procurement"], ["orders", "tenders"], "li.wei@jinlong.example", "+86 755 555 0150", "zh"),
    user("zhangmin", "张敏", "silkway", ["dispatch", "sales"], ["orders", "tenders"], "zhang.min@silkway.example", "+86 29 555 0160", "zh"),
];

/** @type {import("./store.js").BusinessObject[]} */
const OBJECTS = [
    order("1042", "Frozen berries, 18 pallets", "in_transit", "Hamburg", "Алматы", "Reefer, +2…+6 °C", "14.2 t", "€ 6,840", "2026-12-03", "nordwind", "anna", "Temperature log every 15 minutes; unloading slot 08:00–10:00 at gate 4."),
    order("1043", "Запчасти для элеватора", "customs", "Казань", "Ташкент", "Тент, 82 м³", "19,6 т", "412 000 ₽", "2026-12-01", "volna", "ivan", "Два места негабарит. Пропуск на терминал оформляет перевозчик."),
    order("1044", "消费电子产品 40HC", "in_transit", "深圳", "Warszawa", "40HC 集装箱", "21.4 t", "¥ 58,300", "2026-12-09", "jinlong", "zhangmin", "经霍尔果斯口岸换装。客户要求每天更新位置。"),
    order("1045", "Coffee, 22 pallets", "planned", "Rotterdam", "Казань", "Curtain-sider", "20.9 t", "€ 5,120", "2026-12-12", "nordwind", "james", "Fumigation certificate travels with the driver."),
    order("1046", "Оборудование для теплиц", "in_transit", "Новосибирск", "Алматы", "Тент, 3 машины", "47 т", "936 000 ₽", "2026-11-30", "volna", "ivan", "Колонна из трёх машин, отметка каждые четыре часа."),
    order("1047", "Laboratory glass", "planned", "Hamburg", "Новосибирск", "Box, air suspension", "6.3 t", "€ 7,450", "2026-12-15", "nordwind", "anna", "Fragile. No transhipment on the way."),
    order("1038", "Garden furniture", "delivered", "Rotterdam", "Hamburg", "Curtain-sider", "11.0 t", "€ 980", "2026-11-18", "nordwind", "james", "Delivered and signed. The dialog is frozen."),
    order("1039", "Кабельная продукция", "delivered", "Казань", "Новосибирск", "Тент, 82 м³", "18,8 т", "228 000 ₽", "2026-11-20", "volna", "olga", "Закрыт, документы подписаны."),
    tender("T-210", "Reefer capacity, first quarter", "open", "Hamburg", "Алматы", "Reefer, 12 trips a month", "≈ 170 t", "€ 6,900 max.", "2026-12-20", "nordwind", "emma", "Two carriers will be chosen. Questions in the chat; prices only in the form."),
    tender("T-211", "Контейнеры Новосибирск → Ташкент", "open", "Новосибирск", "Ташкент", "40HC, 20 шт. в месяц", "≈ 440 т", "до 395 000 ₽", "2026-12-18", "volna", "anna", "Приглашены отделы продаж перевозчиков."),
    tender("T-212", "中欧班列 2027 年第一季度", "open", "西安", "Hamburg", "40HC 集装箱", "≈ 900 t", "¥ 52,000", "2026-12-25", "jinlong", "liwei", "欢迎具备班列订舱能力的承运人参加。"),
    tender("T-209", "Last-mile Hamburg, winter", "closed", "Hamburg", "Hamburg", "Vans, 40 drops a day", "–", "€ 310 a day", "2026-11-15", "nordwind", "emma", "Awarded to Hanse Cargo."),
];

export function sampleData() {
    return structuredClone({ companies: COMPANIES, users: USERS, objects: OBJECTS });
}

/** @returns {import("./store.js").User} */
function user(/** @type {string} */ id, /** @type {string} */ name, /** @type {string} */ company, /** @type {string[]} */ departments, /** @type {string[]} */ permissions, /** @type {string} */ email, /** @type {string} */ phone, /** @type {string} */ language) {
    return { id, name, company, departments, permissions, email, phone, language };
}

/** @param {string[]} fields */
function order(...fields) {
    return object("order", fields);
}

/** @param {string[]} fields */
function tender(...fields) {
    return object("tender", fields);
}

/**
 * @param {"order" | "tender"} type
 * @param {string[]} fields
 * @returns {import("./store.js").BusinessObject}
 */
function object(type, [id, title, status, from, to, cargo, weight, price, date, company, manager, description]) {
    return { type, id, title, status, from, to, cargo, weight, price, date, company, manager, description };
}
