import { reactive } from "vue";

/** How a story is looked at: the page's address says it. */
export interface View {
    story: string | null;
    theme: string;
    locale: string;
    dir: "ltr" | "rtl";
    /** Pixels; `null`: what the story says. */
    width: number | null;
    /** Pixels; `null`: what the story says. */
    height: number | null;
    /** Whose components: `mtchat` or `prime`. */
    ui: string;
    /** The story alone, for pictures. */
    bare: boolean;
}

declare global {
    interface Window {
        __view: View;
    }
}

export const THEMES = ["light", "dark"] as const;
export const LOCALES = ["en", "ru", "zh"] as const;
export const WIDTHS = [320, 390, 768, 1024, 1280] as const;

/** The view that the address says, and from then on what is chosen. */
export function useView(): View {
    const asked = new URLSearchParams(location.search);
    return reactive({
        story: asked.get("story"),
        theme: asked.get("theme") ?? "light",
        locale: asked.get("locale") ?? "en",
        dir: asked.get("dir") === "rtl" ? "rtl" : "ltr",
        width: Number(asked.get("width")) || null,
        height: Number(asked.get("height")) || null,
        ui: asked.get("ui") ?? "mtchat",
        bare: asked.has("bare"),
    });
}

/** The address of a view. */
export function addressOf(view: View): string {
    const { story, theme, locale, dir, width, height, ui, bare } = view;
    const said = new URLSearchParams({ ...(story && { story }), theme, locale, dir, ...(width && { width: String(width) }), ...(height && { height: String(height) }), ui });
    return `?${said}${bare ? "&bare" : ""}`;
}
