import type { ShapeOf } from "../../types.js";
import type { search as en } from "../en/search.js";

export const search = {
    label: "搜索会话",
    placeholder: "按标题或公司搜索",
    clear: "清除搜索",
    searching: "正在搜索…",
    nothingFound: "未找到结果",
    nothingFoundHint: "没有与“{query}”匹配的会话。请尝试其他标题或公司。",
} satisfies ShapeOf<typeof en>;
