import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { defineComponent, h, nextTick, ref } from "vue";
import { provideTheme, themeClass, useTheme } from "./index.js";

const Shows = defineComponent(() => {
    const theme = useTheme();
    return () => h("p", themeClass(theme.value));
});

describe("theme", () => {
    it("is light when nobody says which", () => {
        expect(mount(Shows).text()).toBe("mtchat--light");
    });

    it("follows the root's without a remount", async () => {
        const theme = ref<string | undefined>("dark");
        const Root = defineComponent(() => {
            provideTheme(theme);
            return () => h(Shows);
        });
        const root = mount(Root);
        const element = root.element;
        expect(root.text()).toBe("mtchat--dark");
        theme.value = "acme";
        await nextTick();
        expect(root.text()).toBe("mtchat--acme");
        theme.value = undefined;
        await nextTick();
        expect(root.text()).toBe("mtchat--light");
        expect(root.element).toBe(element);
    });
});
