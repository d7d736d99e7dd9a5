import { describe, expect, it } from "vitest";
import PrimeCheckbox from "./PrimeCheckbox.vue";
import PrimeRadioButton from "./PrimeRadioButton.vue";
import { mountPrime } from "./testing.js";

describe("PrimeCheckbox", () => {
    it("says what it becomes, and changes by its owner only", async () => {
        const box = mountPrime(PrimeCheckbox, { props: { modelValue: false, label: "Share my phone", name: "phone" } });
        await box.find("input").trigger("change");
        expect(box.emitted("update:modelValue")).toEqual([[true]]);
        expect(box.find("input").attributes("name")).toBe("phone");
        await box.setProps({ modelValue: true });
        expect(box.find("input").element.checked).toBe(true);
    });

    it("is named by its label", () => {
        const box = mountPrime(PrimeCheckbox, { props: { label: "Share my phone" } });
        expect(box.element.tagName).toBe("LABEL");
        expect(box.text()).toBe("Share my phone");
    });

    it("gives what it does not know to its field", () => {
        const box = mountPrime(PrimeCheckbox, { attrs: { "aria-describedby": "hint", class: "own" } });
        expect(box.find("input").attributes("aria-describedby")).toBe("hint");
        expect(box.classes()).toContain("own");
    });

    it("can be disabled", () => {
        expect(mountPrime(PrimeCheckbox, { props: { disabled: true } }).find("input").element.disabled).toBe(true);
    });
});

describe("PrimeRadioButton", () => {
    it.each([["real"], [7], [false]])("says its value %j", async (value) => {
        const radio = mountPrime(PrimeRadioButton, { props: { value, modelValue: null, label: "Real name", name: "who" } });
        await radio.find("input").trigger("change");
        expect(radio.emitted("update:modelValue")).toEqual([[value]]);
    });

    it("is on when its value is the one chosen", async () => {
        const radio = mountPrime(PrimeRadioButton, { props: { value: "a", modelValue: "b" } });
        expect(radio.find("input").element.checked).toBe(false);
        await radio.setProps({ modelValue: "a" });
        expect(radio.find("input").element.checked).toBe(true);
    });
});
