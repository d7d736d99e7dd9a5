import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { downloadFile } from "./download.js";

const clicked: { href: string; download: string; target: string }[] = [];

beforeEach(() => {
    clicked.length = 0;
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
        clicked.push({ href: this.href, download: this.download, target: this.target });
    });
    vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:https://host.example/1");
});
afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
});

describe("saving a file", () => {
    it("has its own name, and bytes that no browser shows as a page", async () => {
        vi.stubGlobal("fetch", async () => new Response("<script>alert(1)</script>", { headers: { "Content-Type": "text/html" } }));
        await downloadFile("https://files.example/x", "offer.html");
        expect(clicked).toEqual([{ href: "blob:https://host.example/1", download: "offer.html", target: "" }]);
        const blob = vi.mocked(URL.createObjectURL).mock.calls[0]![0] as Blob;
        expect(blob.type).toBe("application/octet-stream");
    });

    it.each([
        ["forbidden", () => Promise.reject(new TypeError("CORS"))],
        ["refused", async () => new Response(null, { status: 403 })],
    ])("opens it beside the page where reading is %s", async (_why, fetch) => {
        vi.stubGlobal("fetch", fetch);
        await downloadFile("https://files.example/x", "offer.pdf");
        expect(clicked).toEqual([{ href: "https://files.example/x", download: "offer.pdf", target: "_blank" }]);
    });
});
