import { describe, expect, it } from "vitest";
import PrimeInput from "./PrimeInput.vue";
import { mountPrime } from "./testing.js";

describe("PrimeInput", () => {
    it("says what is written", async () => {
        const input = mountPrime(PrimeInput, { props: { modelValue: "", placeholder: "Search" }, attrs: { "aria-label": "Search" } });
        await input.find("input").setValue("rotter");
        expect(input.emitted("update:modelValue")).toEqual([["rotter"]]);
        expect(input.find("input").attributes()).toMatchObject({ placeholder: "Search", "aria-label": "Search", type: "text" });
    });

    it.each(["focus", "blur", "keydown"])("tells of %s once", async (event) => {
        const input = mountPrime(PrimeInput);
        await input.find("input").trigger(event);
        expect(input.emitted(event)).toHaveLength(1);
    });

    it.each([
        [{ clearable: true, modelValue: "x" }, true],
        [{ clearable: true, modelValue: "" }, false],
        [{ clearable: false, modelValue: "x" }, false],
        [{ clearable: true, modelValue: "x", disabled: true }, false],
    ])("%o can be cleared: %s", (props, wanted) => {
        expect(mountPrime(PrimeInput, { props }).find("button").exists()).toBe(wanted);
    });

    it("is empty after it was cleared, and has the focus", async () => {
        const input = mountPrime(PrimeInput, { props: { clearable: true, modelValue: "x" } });
        await input.find("button").trigger("click");
        expect(input.emitted("update:modelValue")).toEqual([[""]]);
        expect(input.emitted("clear")).toHaveLength(1);
        expect(document.activeElement).toBe(input.find("input").element);
    });

    it("is focused and selected from outside", () => {
        const input = mountPrime(PrimeInput, { props: { modelValue: "abc" } });
        const exposed = input.vm as unknown as { focus(): void; select(): void };
        exposed.focus();
        exposed.select();
        const field = input.find("input").element;
        expect(document.activeElement).toBe(field);
        expect([field.selectionStart, field.selectionEnd]).toEqual([0, 3]);
    });

    it("says that it is invalid", () => {
        expect(mountPrime(PrimeInput, { props: { invalid: true } }).find("input").attributes("aria-invalid")).toBe("true");
    });
});
