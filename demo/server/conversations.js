/**
 * What was said before the visitor came. A line is `[who, what]`; `{ card }` and `{ notice }` are the host's own.
 * @typedef {{ as: string, text: string, reply?: number, file?: "chart" | "waybill" | "packing", reactions?: Record<string, string[]> }} Said
 * @typedef {{ card: object } | { notice: string }} HostSaid
 * @typedef {object} Conversation
 * @property {string} key Stays the same for ever: by it seeding knows that it has been here.
 * @property {"order" | "tender"} type
 * @property {string} object
 * @property {string} title
 * @property {string[]} people The first one made it.
 * @property {{ scope_level0?: string[], scope_level1?: string[], scope_level2?: string[] }[]} [scopes]
 * @property {(Said | HostSaid)[]} lines
 * @property {string[]} [read] Who has read everything.
 * @property {string[]} [archivedBy]
 * @property {string[]} [pinnedBy]
 * @property {boolean} [frozen]
 */

/** @type {(as: string, text: string, more?: Partial<Said>) => Said} */
const said = (as, text, more = {}) => ({ as, text, ...more });
/** @type {(id: string, name: string) => string} */
const mention = (id, name) => `<span data-type="mention" data-id="${id}" data-label="${name}" class="mtchat-mention">@${name}</span>`;

const SALES = ["sales"];

/** @type {Conversation[]} */
export const CONVERSATIONS = [
    {
        key: "1039", type: "order", object: "1039", title: "Заказ 1039 · Казань → Новосибирск", people: ["anna", "olga", "pavel"],
        read: ["anna", "olga", "pavel"], archivedBy: ["anna"],
        lines: [
            said("olga", "Машина выгружена, расписку отправила водителем."),
            said("anna", "Спасибо! Закрываю заказ."),
            said("pavel", "Счёт оплачен сегодня утром."),
            { card: { type: "order_delivered", title: "Заказ 1039 закрыт", fields: [{ name: "Выгрузка", value: "20 ноября, 11:40" }, { name: "Сумма", value: "228 000 ₽" }] } },
        ],
    },
    {
        key: "1038", type: "order", object: "1038", title: "Order 1038 · Rotterdam → Hamburg", people: ["emma", "james"], read: ["emma", "james"], frozen: true,
        lines: [
            said("james", "Unloaded at 07:50, no damage. Signed waybill is in the folder."),
            said("emma", "Perfect, thank you. <b>All 33 pallets</b> are in the warehouse system."),
            said("james", "Until next time 👋", { reactions: { "👋": ["emma"] } }),
            { notice: "The order is closed. This conversation can be read, but nobody writes here any more." },
        ],
    },
    {
        key: "1046", type: "order", object: "1046", title: "Заказ 1046 · рейс из трёх машин", people: ["anna", "ivan", "olga"], read: ["ivan", "olga"],
        lines: trip(),
    },
    {
        key: "1045", type: "order", object: "1045", title: "Order 1045 · Rotterdam → Казань", people: ["emma", "james", "anna"], read: ["emma"],
        lines: [
            said("emma", "Hi James, can you confirm the loading slot on 12 December?"),
            said("james", "Booked: <b>06:30</b>, dock 11. Driver needs the fumigation certificate before he leaves."),
            said("emma", "Lukas will hand it over at the gate."),
            said("anna", "From our side the broker in Казань is informed. Please send the packing list when you have it."),
            said("james", "Here it is.", { file: "packing" }),
        ],
    },
    {
        key: "1044", type: "order", object: "1044", title: "订单 1044 · 深圳 → 华沙", people: ["liwei", "zhangmin", "anna"], read: ["zhangmin"], pinnedBy: ["liwei"],
        lines: [
            said("liwei", "张敏您好,货柜昨晚已经离港,预计什么时候到霍尔果斯?"),
            said("zhangmin", "李经理好,按计划 <b>12 月 2 日</b>上午到达口岸,当天换装。"),
            said("liwei", "太好了。客户希望每天都能看到位置更新。"),
            { card: { type: "position", title: "位置更新", fields: [{ name: "地点", value: "甘肃 · 武威" }, { name: "列车", value: "X8083" }, { name: "预计到达", value: "12 月 2 日 09:40" }] } },
            said("zhangmin", "没问题,系统会每天自动发送一次,像上面这样。", { reply: 2, reactions: { "👍": ["liwei", "anna"] } }),
            said("anna", "Великолепно, спасибо! В Варшаве нас ждут 9-го."),
        ],
    },
    {
        key: "1043", type: "order", object: "1043", title: "Заказ 1043 · Казань → Ташкент", people: ["anna", "ivan", "pavel"], read: ["ivan"],
        lines: [
            said("anna", "Иван, добрый день! Когда машина будет на границе?"),
            said("ivan", "Добрый! По плану сегодня к 16:00, очередь небольшая."),
            said("anna", "Отлично. Проверьте, пожалуйста, что у водителя с собой:<ul><li>CMR в трёх экземплярах</li><li>инвойс с печатью</li><li>разрешение на негабарит</li></ul>"),
            said("ivan", "Всё есть, накладную прикладываю.", { file: "waybill", reply: 2 }),
            { card: { type: "customs", title: "Прибыл на таможенный пост", fields: [{ name: "Пост", value: "Маштаково" }, { name: "Время", value: "15:42" }, { name: "Номер в очереди", value: "14" }] } },
            said("pavel", `${mention("anna", "Анна Соколова")}, предоплату провёл, платёжка в бухгалтерии.`, { reactions: { "🙏": ["ivan"] } }),
            said("ivan", "Таможня просит уточнить код ТН ВЭД по второй позиции. Кто может ответить сегодня?"),
        ],
    },
    {
        key: "1042-customs", type: "order", object: "1042", title: "Order 1042 · customs papers", people: ["emma", "anna", "pavel"], read: ["emma", "anna", "pavel"],
        lines: [
            said("emma", "A separate thread for the papers, so that the driver's chat stays readable."),
            said("pavel", "Veterinary certificate is registered under <code>RU-77-118204</code>."),
            said("anna", "Thanks, added it to the declaration."),
        ],
    },
    {
        key: "1042", type: "order", object: "1042", title: "Order 1042 · Hamburg → Алматы", people: ["emma", "anna", "james", "lukas"], read: ["emma", "lukas"], pinnedBy: ["anna"],
        lines: [
            said("emma", "Good morning everyone! 18 pallets of berries, please keep them between +2 and +6 °C all the way."),
            said("lukas", "Loaded at 06:20, doors sealed. Seal number <code>HB-44820</code>."),
            said("james", "Driver is on the road. First stop Poznań around noon."),
            said("anna", "Great. Can we see the temperature log once a day?"),
            said("james", "Sure, this is last night. The bump at 03:10 was the refuelling stop.", { file: "chart", reply: 3, reactions: { "👍": ["anna", "emma"], "❄️": ["lukas"] } }),
            said("emma", "It went over +6 for about twenty minutes, didn't it? <i>Quality will ask.</i>"),
            { card: { type: "order_status", title: "Border crossed", fields: [{ name: "Border", value: "Terespol – Brest" }, { name: "Time", value: "14:05" }, { name: "Temperature", value: "+3.9 °C" }], link: "https://shop.example/orders/1042" } },
            said("james", `${mention("anna", "Анна Соколова")} the unloading slot in Алматы is confirmed: 3 December, 08:00, gate 4.`),
            said("emma", "Wonderful. Please write here as soon as he is an hour away."),
        ],
    },
    {
        key: "T-212", type: "tender", object: "T-212", title: "招标 T-212 · 中欧班列", people: ["liwei"],
        scopes: [{ scope_level0: ["silkway", "hanse", "taiga"], scope_level1: SALES, scope_level2: ["tenders"] }],
        lines: [said("liwei", "各位好!本次招标为每月 40 个 40HC,问题请在此提出。")],
    },
    {
        key: "T-211", type: "tender", object: "T-211", title: "Тендер T-211 · Новосибирск → Ташкент", people: ["anna", "pavel", "olga"], read: ["pavel"],
        scopes: [{ scope_level0: ["taiga", "silkway"], scope_level1: SALES, scope_level2: ["tenders"] }],
        lines: [
            said("anna", "Коллеги, открыли тендер: 20 контейнеров в месяц, старт с января."),
            said("olga", "Добрый день! Вопрос по отсрочке: 30 календарных или банковских дней?"),
            said("pavel", "Банковских. Аванс 20 % возможен.", { reply: 1 }),
            said("olga", "Понятно, подадим предложение до пятницы."),
        ],
    },
    {
        key: "T-210", type: "tender", object: "T-210", title: "Tender T-210 · reefer capacity", people: ["emma", "anna"], read: ["emma"],
        scopes: [{ scope_level0: ["hanse", "taiga", "silkway"], scope_level1: SALES }],
        lines: [
            said("emma", "Twelve reefer trips a month to Алматы, January to March. Carriers' sales teams are invited: you can join this conversation yourselves."),
            said("anna", "We handle customs on the Kazakh side for whoever wins."),
            said("emma", "Two carriers will be chosen. Please no prices in the chat."),
        ],
    },
];

/** A day on the road: long enough to scroll. */
function trip() {
    const stops = ["Омск", "Исилькуль", "Петропавловск", "Кокшетау", "Астана", "Караганда", "Балхаш", "Сарышаган"];
    const marks = stops.flatMap((stop, at) => [
        said("ivan", `Машина 1: прошла ${stop}, ${480 + at * 214} км, топливо ${Math.max(18, 92 - at * 10)} %.`),
        said("ivan", `Машина 2: отстаёт на ${7 + (at % 3) * 4} минут, всё в порядке.`),
        said("ivan", `Машина 3: ${at % 3 === 2 ? "остановка на отдых, 45 минут" : "идёт по графику"}.`),
        ...(at % 2 ? [said("olga", "Принято, отмечаю в системе."), said("anna", `Спасибо! Следующая отметка — ${stops[at + 1] ?? "Алматы"}.`)] : []),
    ]);
    return [said("anna", "Иван, пишите сюда отметки по каждой машине, пожалуйста."), ...marks, said("ivan", "Все три машины под Алматы, заезжаем на склад завтра в 9:00.", { reactions: { "🎉": ["olga"] } })];
}
