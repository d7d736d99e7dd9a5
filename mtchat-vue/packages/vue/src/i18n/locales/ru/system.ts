import type { ShapeOf } from "../../types.js";
import type { en } from "../en/index.js";

export const system = {
    chatCreated: "Чат создан",
    chatCreatedWith: "Чат создан. Участники: {names}",
    joined: "{name} теперь в чате",
    left: "{name} больше не в чате",
    nameAndCompany: "{name} ({company})",
    someone: "Кто-то",
    cardLink: "Открыть",
} satisfies ShapeOf<typeof en.system>;
