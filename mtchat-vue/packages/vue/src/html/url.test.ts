import { describe, expect, it } from "vitest";
import { safeMediaUrl, safeUrl } from "./url.js";

describe("safeUrl", () => {
    it.each([
        "https://example.com",
        "HTTP://example.com:8080/a%20b?c=d@e#f",
        "https://пример.рф/путь",
        "https://[::1]/",
        "http://localhost:8080",
        "https://example.com/~user@host",
    ])("takes %s", (url) => {
        expect(safeUrl(url)).toBe(url);
    });

    it("drops blanks around", () => {
        expect(safeUrl(" https://example.com\n")).toBe("https://example.com");
    });

    it.each([
        null,
        undefined,
        "",
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "JaVaScRiPt://example.com/%0aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "blob:https://example.com/1",
        "//evil.example",
        "/path",
        "path",
        "mailto:a@b",
        "https:evil.example",
        "https:///evil.example",
        "https://",
        "https://good@evil.example",
        "https://good:pw@evil.example",
        "https://@evil.example",
        "https://good.example\\@evil.example",
        "https://e\nvil.example",
        "https://good.example\u202emoc.live",
        "https://exa mple.com",
        "ftp://example.com",
    ])("refuses %j", (url) => {
        expect(safeUrl(url)).toBeNull();
    });
});

describe("safeMediaUrl", () => {
    it("also takes what the page made itself", () => {
        expect(safeMediaUrl("blob:https://a.example/1")).toBe("blob:https://a.example/1");
        expect(safeMediaUrl("javascript:alert(1)")).toBeNull();
    });
});
