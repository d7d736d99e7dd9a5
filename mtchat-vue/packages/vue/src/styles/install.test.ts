import { beforeEach, describe, expect, it, vi } from "vitest";

const CSS = ".mtchat { color: red }";
const marks = (root: ParentNode) => [...root.querySelectorAll<HTMLStyleElement>("style[data-mtchat-styles]")];

async function fresh() {
    vi.resetModules();
    return import("./install.js");
}

beforeEach(() => {
    document.head.innerHTML = "";
    document.body.innerHTML = "";
});

describe("styles of a page", () => {
    it("are put in once, before those of the host", async () => {
        const { installStyles } = await fresh();
        document.head.append(document.createElement("style"));
        installStyles(CSS, document);
        installStyles(CSS, document);
        expect(marks(document)).toHaveLength(1);
        expect(document.head.firstElementChild).toBe(marks(document)[0]);
        expect(marks(document)[0]!.textContent).toBe(CSS);
    });

    it.each([
        ["an option", "", { nonce: "n1" }],
        ["a meta of Vite's form", '<meta property="csp-nonce" nonce="n1">', {}],
        ["a meta with content", '<meta name="csp-nonce" content="n1">', {}],
    ])("carry the nonce of %s", async (_, head, options) => {
        const { installStyles } = await fresh();
        document.head.innerHTML = head;
        installStyles(CSS, document, options);
        expect(marks(document)[0]!.getAttribute("nonce")).toBe("n1");
    });

    it("fall back to a constructed sheet where a policy forbids the element", async () => {
        const { installStyles } = await fresh();
        const sheet = vi.spyOn(HTMLStyleElement.prototype, "sheet", "get").mockReturnValue(null);
        const before = document.adoptedStyleSheets.length;
        installStyles(CSS, document);
        installStyles(CSS, document);
        sheet.mockRestore();
        expect(marks(document)).toHaveLength(0);
        expect(document.adoptedStyleSheets).toHaveLength(before + 1);
        document.adoptedStyleSheets = [];
    });
});

describe("styles of a shadow root", () => {
    it("follow a chat into it when the entry carries styles", async () => {
        const { ensureStyles, registerStyles } = await fresh();
        const root = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
        const inside = root.appendChild(document.createElement("p"));
        ensureStyles(inside);
        expect(marks(root)).toHaveLength(0);
        registerStyles(CSS);
        ensureStyles(inside);
        ensureStyles(inside);
        expect(marks(root)).toHaveLength(1);
        expect(marks(document)).toHaveLength(1);
    });
});
