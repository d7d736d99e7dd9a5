/** `@mtchat/vue`: everything of the package, with its styles put into the page where there is one. `@mtchat/vue/unstyled` leaves them to the host. */
import { registerLaterStyles, registerStyles } from "./install.js";
import css from "./text.js";

registerStyles(css);
registerLaterStyles(() => import("./later.js").then((later) => later.default));

export * from "../index.js";
export { installStyles, type InstallOptions, type StyleRoot } from "./install.js";
export { default as styles } from "./text.js";
