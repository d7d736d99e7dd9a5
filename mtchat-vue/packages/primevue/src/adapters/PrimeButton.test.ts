import { describe, expect, it } from "vitest";
import PrimeButton from "./PrimeButton.vue";
import { mountPrime } from "./testing.js";

describe("PrimeButton", () => {
    it.each([
        ["primary", "p-button"],
        ["secondary", "p-button-secondary"],
        ["danger", "p-button-danger"],
        ["ghost", "p-button-text"],
        ["text", "p-button-text"],
    ] as const)("looks %s", (variant, wanted) => {
        expect(mountPrime(PrimeButton, { props: { variant }, slots: { default: "Go" } }).classes()).toContain(wanted);
    });

    it.each([
        ["sm", true, false],
        ["md", false, false],
        ["lg", false, true],
    ] as const)("is %s", (size, small, large) => {
        const classes = mountPrime(PrimeButton, { props: { size }, slots: { default: "Go" } }).classes();
        expect([classes.includes("p-button-sm"), classes.includes("p-button-lg")]).toEqual([small, large]);
    });

    it("with an icon only is named by its title", () => {
        const button = mountPrime(PrimeButton, { props: { icon: "send", title: "Send" } });
        expect(button.attributes("aria-label")).toBe("Send");
        expect(button.find("svg").exists()).toBe(true);
    });

    it("is of the type it is said to be, and `button` otherwise", () => {
        expect(mountPrime(PrimeButton).attributes("type")).toBe("button");
        expect(mountPrime(PrimeButton, { props: { type: "submit" } }).attributes("type")).toBe("submit");
    });

    it.each(["disabled", "loading"])("takes no clicks while %s", (state) => {
        const button = mountPrime(PrimeButton, { props: { [state]: true }, slots: { default: "Go" } });
        expect(button.attributes("disabled")).toBeDefined();
    });

    it("tells of clicks", async () => {
        let clicks = 0;
        await mountPrime(PrimeButton, { attrs: { onClick: () => clicks++ } }).trigger("click");
        expect(clicks).toBe(1);
    });
});
