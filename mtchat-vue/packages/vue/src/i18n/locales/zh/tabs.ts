import type { ShapeOf } from "../../types.js";
import type { tabs as en } from "../en/tabs.js";

export const tabs = {
    label: "会话类别",
    my: "我的",
    available: "可加入",
} satisfies ShapeOf<typeof en>;
