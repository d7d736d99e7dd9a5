export const dates = {
    today: "Сегодня",
    yesterday: "Вчера",
    justNow: "только что",
    lastSeen: "Был(а) в сети: {at}",
    at: "{date} в {time}",
};
