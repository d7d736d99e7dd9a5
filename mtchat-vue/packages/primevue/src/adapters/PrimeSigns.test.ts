import { describe, expect, it } from "vitest";
import PrimeSpinner from "./PrimeSpinner.vue";
import PrimeTag from "./PrimeTag.vue";
import { mountPrime } from "./testing.js";

describe("PrimeTag", () => {
    it.each([["Archived"], [7]])("shows %j", (value) => {
        expect(mountPrime(PrimeTag, { props: { value } }).text()).toBe(String(value));
    });
});

describe("PrimeSpinner", () => {
    it.each([
        [undefined, "32px"],
        [16, "16px"],
        ["24", "24px"],
        ["2em", "2em"],
    ])("of size %j is %s large", (size, wanted) => {
        const spinner = mountPrime(PrimeSpinner, { props: { size } }).find<HTMLElement>(".p-progressspinner").element;
        expect([spinner.style.width, spinner.style.height]).toEqual([wanted, wanted]);
    });

    it("says what is going on", () => {
        const spinner = mountPrime(PrimeSpinner, { props: { label: "Loading chats" } });
        expect(spinner.attributes()).toMatchObject({ role: "status", "aria-label": "Loading chats" });
    });
});
