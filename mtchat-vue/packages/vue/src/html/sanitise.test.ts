import { afterEach, describe, expect, it, vi } from "vitest";
import { sanitise } from "./sanitise.js";

// What a browser makes of it is in `sanitise.browser.test.ts`.

describe("sanitise", () => {
    it.each([
        ["text", "Hello", "Hello"],
        ["signs", "Tom & Jerry > all", "Tom &amp; Jerry &gt; all"],
        ["entities", "&amp; &lt;b&gt; &#39; &nbsp;", "&amp; &lt;b&gt; &#39; &nbsp;"],
        ["what is no entity", "&x &; &#zz;", "&amp;x &amp;; &amp;#zz;"],
    ])("takes text without tags as text: %s", (_, html, safe) => {
        expect(sanitise(html)).toBe(safe);
    });

    it("trusts no DOM that reads HTML otherwise than browsers, and shows the text alone", () => {
        expect(sanitise("<p>a &lt;b&gt; <img src=x onerror=alert(1)></p>")).toBe("a &lt;b&gt;");
    });

    it("does not dive into what is nested without end", () => {
        const begin = performance.now();
        expect(sanitise("<b>".repeat(50_000) + "x")).toBe("x");
        expect(performance.now() - begin).toBeLessThan(1_000);
    });
});

describe("without a DOM", () => {
    afterEach(() => {
        vi.unstubAllGlobals();
    });

    it("shows the text alone", async () => {
        vi.stubGlobal("document", undefined);
        vi.resetModules();
        const fresh = await import("./sanitise.js");
        expect(fresh.sanitise("<p>a &lt;b&gt; <img src=x onerror=alert(1)></p>")).toBe("a &lt;b&gt;");
    });
});
