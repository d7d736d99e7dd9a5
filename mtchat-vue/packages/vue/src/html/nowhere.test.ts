// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCES = join(import.meta.dirname, "..");
/** Ways in which a text becomes HTML of a page. */
const SINKS = /v-html|\b(?:inner|outer)HTML\b|insertAdjacentHTML|createContextualFragment|parseFromString|parseHTMLUnsafe|setHTML|srcdoc|document\.write/u;
/** Pages of tests, which are not in the package. */
const TESTS = /\.(?:test|page)\.ts$/u;

const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((name) => /\.(?:ts|vue)$/u.test(name) && !TESTS.test(name));

describe("HTML is given to the browser", () => {
    it("nowhere", () => {
        expect(files.length).toBeGreaterThan(200);
        expect(files.filter((name) => SINKS.test(readFileSync(join(SOURCES, name), "utf8")))).toEqual([]);
    });

    it.each(['<p v-html="x" />', "element.innerHTML = x", "new DOMParser().parseFromString(x)"])("which this test would notice: %s", (code) => {
        expect(code).toMatch(SINKS);
    });
});
