import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { Icon, ICON_PATHS, type IconName } from "./index.js";

const PROMISED =
    "archive attach bell bell-off bold check chevron-down chevron-left chevron-right clear-formatting close code code-block download edit email error external-link file file-archive file-audio file-document file-pdf file-spreadsheet file-video image info italic link list-bullet list-numbered lock logout more-horizontal more-vertical phone pin print quote reply reset send strikethrough table underline unpin zoom-in zoom-out smile search plus check-double clock chevron-up users filter x-circle arrow-down eye history sparkles";

describe("icons", () => {
    it.each(PROMISED.split(" "))("there is %s", (name) => {
        const path = ICON_PATHS[name as IconName];
        expect(path).toMatch(/^M?m?[\d.]/);
        expect(path).toMatch(/^[\d\s.,MmLlHhVvCcSsAaZz-]+$/);
    });

    it("no two look the same", () => {
        expect(new Set(Object.values(ICON_PATHS)).size).toBe(Object.keys(ICON_PATHS).length);
    });

    it("is decoration unless it is given a name", () => {
        const icon = mount(Icon, { props: { name: "pin", size: 16 } });
        expect(icon.attributes()).toMatchObject({ "aria-hidden": "true", width: "16", height: "16" });
        expect(icon.attributes("role")).toBeUndefined();
    });

    it("is an image with a name when it stands alone", () => {
        const icon = mount(Icon, { props: { name: "bell-off", label: "Muted" } });
        expect(icon.attributes()).toMatchObject({ role: "img", "aria-label": "Muted", width: "20" });
        expect(icon.attributes("aria-hidden")).toBeUndefined();
    });
});
