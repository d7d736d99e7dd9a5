import type { ShapeOf } from "../../types.js";
import type { readReceipts as en } from "../en/readReceipts.js";

export const readReceipts = {
    title: "已读情况",
    readCount: "已读：{n}",
    notYetCount: "未读：{n}",
    nobody: "还没有人读过",
    everybody: "所有人都已读",
    alone: "此聊天中没有其他人",
    noCompany: "无公司",
    historyTitle: "历史版本",
    historyNow: "当前",
    historyUntil: "{time} 之前",
    historyNone: "没有历史版本",
    historyFailed: "无法加载历史版本",
    historyLoading: "正在加载…",
    historyEmpty: "无文字",
} satisfies ShapeOf<typeof en>;
