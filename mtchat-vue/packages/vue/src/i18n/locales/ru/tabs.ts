import type { ShapeOf } from "../../types.js";
import type { tabs as en } from "../en/tabs.js";

export const tabs = {
    label: "Какие чаты показать",
    my: "Мои",
    available: "Доступные",
} satisfies ShapeOf<typeof en>;
