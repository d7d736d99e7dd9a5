import { mount } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { createI18n, I18N_KEY } from "../i18n/index.js";
import MtButton from "./MtButton.vue";
import MtCheckbox from "./MtCheckbox.vue";
import MtInput from "./MtInput.vue";
import MtRadioButton from "./MtRadioButton.vue";
import MtSpinner from "./MtSpinner.vue";
import MtTag from "./MtTag.vue";
import type { ButtonProps } from "./types.js";

const global = { provide: { [I18N_KEY as symbol]: createI18n({ locale: "en" }) } };
afterEach(() => (document.body.innerHTML = ""));

describe("MtButton", () => {
    it.each<[string, ButtonProps, Record<string, unknown>]>([
        ["never sends a form unasked", {}, { type: "button" }],
        ["sends a form", { type: "submit" }, { type: "submit" }],
        ["is named by its title when it has an icon only", { icon: "pin", title: "Pin" }, { "aria-label": "Pin", title: "Pin" }],
        ["waits", { loading: true }, { disabled: "", "aria-busy": "true" }],
        ["is off", { disabled: true }, { disabled: "" }],
    ])("%s", (_, props, attributes) => {
        expect(mount(MtButton, { props }).attributes()).toMatchObject(attributes);
    });

    it("is named by what is written on it", () => {
        const button = mount(MtButton, { props: { title: "Enter" }, slots: { default: "Send" } });
        expect(button.attributes("aria-label")).toBeUndefined();
        expect(button.text()).toBe("Send");
    });

    it("shows a spinner in place of its icon", async () => {
        const button = mount(MtButton, { props: { icon: "pin" } });
        expect(button.find("svg").exists()).toBe(true);
        await button.setProps({ loading: true });
        expect(button.find("svg").exists()).toBe(false);
    });

    it("takes no clicks while it waits", async () => {
        const button = mount(MtButton, { props: { loading: true } });
        await button.trigger("click");
        expect(button.emitted("click")).toBeUndefined();
    });
});

describe("MtInput", () => {
    it("tells what is typed and which keys are pressed", async () => {
        const input = mount(MtInput, { props: { modelValue: "a" }, global });
        await input.get("input").setValue("ab");
        await input.get("input").trigger("keydown", { key: "Enter" });
        await input.get("input").trigger("focus");
        await input.get("input").trigger("blur");
        expect(input.emitted("update:modelValue")).toEqual([["ab"]]);
        expect((input.emitted("keydown")![0]![0] as KeyboardEvent).key).toBe("Enter");
        expect([input.emitted("focus"), input.emitted("blur")].map((events) => events?.length)).toEqual([1, 1]);
    });

    it("has a × only while there is something to clear, and keeps the focus", async () => {
        const input = mount(MtInput, { props: { modelValue: "", clearable: true }, attachTo: document.body, global });
        expect(input.find("[aria-label=Clear]").exists()).toBe(false);
        await input.setProps({ modelValue: "berlin" });
        await input.get("[aria-label=Clear]").trigger("click");
        expect(input.emitted("update:modelValue")).toEqual([[""]]);
        expect(input.emitted("clear")).toHaveLength(1);
        expect(document.activeElement).toBe(input.get("input").element);
        await input.setProps({ disabled: true });
        expect(input.find("[aria-label=Clear]").exists()).toBe(false);
    });

    it("gives what it is called to the field and how it looks to the frame", () => {
        const input = mount(MtInput, { props: { invalid: true, type: "email" }, attrs: { "aria-label": "E-mail", class: "wide", maxlength: 254 }, global });
        expect(input.classes()).toEqual(expect.arrayContaining(["wide", "mtchat-input--invalid"]));
        expect(input.get("input").attributes()).toMatchObject({ "aria-label": "E-mail", maxlength: "254", type: "email", "aria-invalid": "true" });
        expect(input.get("input").classes()).not.toContain("wide");
    });

    it("can be focused and selected from outside", () => {
        const input = mount(MtInput, { props: { modelValue: "berlin" }, attachTo: document.body, global });
        input.vm.focus();
        input.vm.select();
        const field = input.get("input").element;
        expect(document.activeElement).toBe(field);
        expect([field.selectionStart, field.selectionEnd]).toEqual([0, 6]);
    });
});

describe("MtCheckbox and MtRadioButton", () => {
    it("a checkbox tells whether it is checked", async () => {
        const box = mount(MtCheckbox, { props: { modelValue: false, label: "Share my e-mail", name: "email" } });
        await box.get("input").setValue(true);
        expect(box.emitted("update:modelValue")).toEqual([[true]]);
        expect(box.get("label").text()).toBe("Share my e-mail");
        expect(box.get("input").attributes()).toMatchObject({ name: "email", type: "checkbox" });
    });

    it.each([
        ["real", true],
        ["anonymous", false],
        [undefined, false],
    ])("a radio button of «real» where %s is chosen is checked: %s", (modelValue, checked) => {
        const radio = mount(MtRadioButton, { props: { modelValue, value: "real", name: "who" } });
        expect(radio.get("input").element.checked).toBe(checked);
    });

    it("a radio button tells its value", async () => {
        const radio = mount(MtRadioButton, { props: { modelValue: "real", value: "anonymous", label: "Anonymous" }, attrs: { class: "x", "aria-describedby": "d" } });
        await radio.get("input").setValue(true);
        expect(radio.emitted("update:modelValue")).toEqual([["anonymous"]]);
        expect(radio.get("input").attributes("aria-describedby")).toBe("d");
        expect(radio.get("label").classes()).toContain("x");
    });
});

describe("MtSpinner and MtTag", () => {
    it("a spinner says what goes on", () => {
        expect(mount(MtSpinner, { global }).text()).toBe("Loading…");
        const spinner = mount(MtSpinner, { props: { label: "Loading messages", size: 16 }, global });
        expect(spinner.attributes("role")).toBe("status");
        expect(spinner.text()).toBe("Loading messages");
    });

    it("a tag shows its value or what is in it", () => {
        expect(mount(MtTag, { props: { value: 5 } }).text()).toBe("5");
        expect(mount(MtTag, { slots: { default: "Archived" } }).text()).toBe("Archived");
    });
});
