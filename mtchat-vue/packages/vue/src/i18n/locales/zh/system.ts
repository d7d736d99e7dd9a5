import type { ShapeOf } from "../../types.js";
import type { en } from "../en/index.js";

export const system = {
    chatCreated: "聊天已创建",
    chatCreatedWith: "聊天已创建，成员：{names}",
    joined: "{name} 加入了聊天",
    left: "{name} 退出了聊天",
    nameAndCompany: "{name}（{company}）",
    someone: "某人",
    cardLink: "打开",
} satisfies ShapeOf<typeof en.system>;
