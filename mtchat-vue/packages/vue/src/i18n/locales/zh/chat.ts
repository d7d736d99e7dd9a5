import type { ShapeOf } from "../../types.js";
import type { en } from "../en/index.js";

export const chat = {
    messages: "消息",
    loading: "正在加载消息…",
    loadingMore: "正在加载更多消息…",
    empty: "暂无消息",
    emptyHint: "发送第一条消息，所有成员都能看到。",
    loadFailed: "无法加载消息",
    toBottom: "转到最新消息",
    newMessages: { other: "{n} 条新消息" },
    unread: "新消息",
    gone: "此消息已被删除",
} satisfies ShapeOf<typeof en.chat>;
