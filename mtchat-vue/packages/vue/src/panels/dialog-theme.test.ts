import { describe, expect, it } from "vitest";
import { computed, createApp } from "vue";
import { THEME_KEY } from "../theme/index.js";
import { useDialogTheme } from "./dialog-theme.js";

describe("the theme of dialogs", () => {
    it("is the root's", () => {
        const app = createApp({ render: () => null });
        app.provide(
            THEME_KEY,
            computed(() => "dark"),
        );
        expect(app.runWithContext(useDialogTheme)?.value).toBe("dark");
    });

    it("is none where there is no root: they look like what is around them", () => {
        expect(createApp({ render: () => null }).runWithContext(useDialogTheme)).toBeUndefined();
    });
});
