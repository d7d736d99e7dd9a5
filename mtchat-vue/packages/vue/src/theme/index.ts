export { provideTheme, THEME_KEY, themeClass, useTheme } from "./theme.js";
