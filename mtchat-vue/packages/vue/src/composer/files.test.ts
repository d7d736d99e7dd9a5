import { describe, expect, it } from "vitest";
import { aTransfer } from "./fixture.js";
import { filesToAttach, hasFiles } from "./files.js";

const picture = new File(["x"], "scan.png", { type: "image/png" });

describe("what is pasted", () => {
    it.each([
        ["a screenshot", aTransfer([picture]), [picture]],
        ["a picture of a web page", aTransfer([picture], { "text/html": '<img src="x">' }), [picture]],
        ["cells of a table, with their picture", aTransfer([picture], { "text/plain": "1\t2", "text/html": "<table></table>" }), []],
        ["text", aTransfer([], { "text/plain": "hello" }), []],
        ["nothing", null, []],
    ])("%s", (_, data, files) => {
        expect(filesToAttach(data)).toEqual(files);
    });

    it("is known to be files while it is dragged", () => {
        expect(hasFiles(aTransfer([picture]))).toBe(true);
        expect(hasFiles(aTransfer([], { "text/plain": "hello" }))).toBe(false);
        expect(hasFiles(null)).toBe(false);
    });
});
