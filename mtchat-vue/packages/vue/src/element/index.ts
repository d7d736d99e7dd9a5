/** `@mtchat/vue/element` and `dist/mt-chat.js`: the chat as `<mt-chat>`, for pages of any framework or none. */
import { registerLaterStyles } from "../styles/install.js";
import { defineMtChat, type MtChatElement } from "./element.js";

registerLaterStyles(() => import("../styles/later.js").then((later) => later.default));
defineMtChat();

export { defineMtChat, EVENTS, type MtChatElement } from "./element.js";

declare global {
    interface HTMLElementTagNameMap {
        "mt-chat": MtChatElement;
    }
}
