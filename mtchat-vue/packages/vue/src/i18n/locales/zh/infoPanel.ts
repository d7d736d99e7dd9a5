import type { ShapeOf } from "../../types.js";
import type { infoPanel as en } from "../en/infoPanel.js";

export const infoPanel = {
    title: "聊天信息",
    object: "所属",
    created: "创建时间",
    you: "您",
    creator: "发起人",
    owner: "所有者",
    moderator: "管理员",
    readOnly: "仅可阅读",
    noCompany: "无公司",
    lastSeen: "上次在线：{time}",
    email: "给 {name} 发邮件",
    phone: "致电 {name}",
    files: "共享文件",
    noFiles: "已加载的消息中没有文件",
    allFiles: { other: "再显示 {n} 个" },
    openFile: "打开 {name}",
    loading: "正在加载成员…",
} satisfies ShapeOf<typeof en>;
