import { describe, expect, it } from "vitest";
import { mailtoLink, telLink } from "./contacts.js";

describe("a link to write to somebody", () => {
    it.each([
        ["anna@altona.example", "mailto:anna@altona.example"],
        [" anna@altona.example ", "mailto:anna@altona.example"],
        ["anna+cargo@altona.example", "mailto:anna%2Bcargo@altona.example"],
        ["a&cc=all@x.example", "mailto:a%26cc%3Dall@x.example"],
        ["anna@altona.example?bcc=all@x.example", null],
        ["anna@altona.example,all@x.example", null],
        ["javascript:alert(1)@x", null],
        ["not an address", null],
        ["", null],
        [null, null],
        [undefined, null],
    ])("%j: %j", (email, link) => expect(mailtoLink(email)).toBe(link));
});

describe("a link to call somebody", () => {
    it.each([
        ["+49 40 123 45-67", "tel:+49401234567"],
        ["8 (495) 123-45-67", "tel:84951234567"],
        ["(040) 123", "tel:040123"],
        ["+7", null],
        ["call me", null],
        ["+49 40;ext=1", null],
        ["", null],
        [null, null],
    ])("%j: %j", (phone, link) => expect(telLink(phone)).toBe(link));
});
