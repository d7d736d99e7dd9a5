import { describe, expect, it } from "vitest";
import { normaliseLink } from "./link.js";

describe("an address that is typed", () => {
    it.each([
        ["example.com", "https://example.com"],
        [" example.com/a?b=c#d ", "https://example.com/a?b=c#d"],
        ["//example.com", "https://example.com"],
        ["http://example.com", "http://example.com"],
        ["HTTPS://example.com", "HTTPS://example.com"],
        ["localhost:3000/x", "https://localhost:3000/x"],
        ["example.com:8080", "https://example.com:8080"],
        ["почта.рф", "https://почта.рф"],
        ["https://[::1]/", "https://[::1]/"],
    ])("%j leads to %j", (typed, url) => {
        expect(normaliseLink(typed)).toBe(url);
    });

    it.each([
        "",
        "  ",
        "word",
        "two words.com",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "mailto:a@example.com",
        "ftp://example.com",
        "https://user@example.com",
        "https://",
        "https://.",
    ])("%j leads nowhere", (typed) => {
        expect(normaliseLink(typed)).toBeNull();
    });
});
