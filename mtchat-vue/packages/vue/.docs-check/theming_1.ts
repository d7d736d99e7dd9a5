import "@mtchat/vue/style.css";
import { MTChat } from "@mtchat/vue/unstyled";

export { MTChat };

export {};
