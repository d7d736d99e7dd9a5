import { beforeEach, describe, expect, it } from "vitest";
import { watch } from "vue";
import { persisted } from "./persisted.js";

/** What another tab does: the storage changes, and this one is told. */
function otherTabWrites(name: string, value: unknown): void {
    const key = `mtchat-demo.${name}`;
    const newValue = JSON.stringify(value);
    localStorage.setItem(key, newValue);
    window.dispatchEvent(new StorageEvent("storage", { key, newValue }));
}

describe("a persisted choice", () => {
    beforeEach(() => localStorage.clear());

    it("outlives a reload", () => {
        persisted<string>("theme", "light").value = "dark";
        expect(persisted<string>("theme", "light").value).toBe("dark");
    });

    it("follows what another tab chooses", () => {
        const theme = persisted<string>("theme", "light");
        const seen: string[] = [];
        watch(theme, (value) => seen.push(value), { flush: "sync" });
        otherTabWrites("theme", "dark");
        expect(theme.value).toBe("dark");
        expect(seen).toEqual(["dark"]);
    });

    it("does not follow other choices", () => {
        const theme = persisted<string>("theme", "light");
        otherTabWrites("locale", "zh");
        expect(theme.value).toBe("light");
    });

    it("is as at first after everything was cleared elsewhere", () => {
        const theme = persisted<string>("theme", "light");
        theme.value = "dark";
        window.dispatchEvent(new StorageEvent("storage", { key: null }));
        expect(theme.value).toBe("light");
    });

    it.each(["{", "5", '"purple"'])("takes nothing strange from the storage: %s", (text) => {
        localStorage.setItem("mtchat-demo.theme", text);
        expect(persisted("theme", "light", (value) => value === "light" || value === "dark").value).toBe("light");
    });
});
