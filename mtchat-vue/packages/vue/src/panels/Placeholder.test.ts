import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { I18N_KEY, createI18n } from "../i18n/index.js";
import Placeholder from "./Placeholder.vue";

describe("a placeholder", () => {
    it.each([
        [undefined, "Choose a chat"],
        ["nothing-selected", "Choose a chat"],
        ["no-object-chat", "No chat here yet"],
    ] as const)("of %s says «%s»", (kind, text) => {
        const provide = { [I18N_KEY as symbol]: createI18n({ locale: "en" }) };
        expect(mount(Placeholder, { props: { kind }, global: { provide } }).get("h2").text()).toBe(text);
    });
});
