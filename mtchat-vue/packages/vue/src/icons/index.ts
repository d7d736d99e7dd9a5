export { default as Icon, type IconProps } from "./Icon.vue";
export { ICON_PATHS, type IconName } from "./paths.js";
