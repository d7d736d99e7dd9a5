export const dates = {
    today: "今天",
    yesterday: "昨天",
    justNow: "刚刚",
    lastSeen: "上次在线：{at}",
    at: "{date} {time}",
};
