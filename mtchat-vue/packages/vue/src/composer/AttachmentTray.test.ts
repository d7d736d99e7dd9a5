import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import AttachmentTray from "./AttachmentTray.vue";
import { aPending, stageDialog } from "./fixture.js";
import type { PendingAttachment } from "../composables/types.js";

const aTray = (...files: PendingAttachment[]) => mount(AttachmentTray, { props: { files }, global: { provide: stageDialog().provide } });

describe("files before they are sent", () => {
    it.each<[string, Partial<PendingAttachment>, string]>([
        ["waiting", { status: "pending", progress: 0 }, "Waiting"],
        ["on its way", { status: "uploading", progress: 41.6 }, "Uploading, 42%"],
        ["there", { status: "uploaded", size: 512 }, "512\u00a0B"],
        ["too large", { status: "error", error: "errors.file_too_large" }, "The file is larger than 100 MB."],
        ["failed for a reason without words", { status: "error", error: "errors.nonsense" }, "The file could not be uploaded."],
    ])("%s", (_, more, state) => {
        expect(aTray(aPending(more)).get(".mtchat-tray__state").text()).toBe(state);
    });

    it("tell how far they are", () => {
        const bar = aTray(aPending({ status: "uploading", progress: 40 })).get("[role=progressbar]");
        expect(bar.attributes()).toMatchObject({ "aria-valuenow": "40", "aria-label": "invoice.pdf" });
        expect(aTray(aPending()).find("[role=progressbar]").exists()).toBe(false);
    });

    it("can be removed, and tried again when that may help", async () => {
        const tray = aTray(aPending({ status: "error", error: "errors.upload_failed" }), aPending({ id: "f2", filename: "film.mov", status: "error", error: "errors.file_too_large" }));
        await tray.get('[aria-label="Try invoice.pdf again"]').trigger("click");
        await tray.get('[aria-label="Remove film.mov"]').trigger("click");
        expect(tray.emitted()).toMatchObject({ retry: [["f1"]], remove: [["f2"]] });
        expect(tray.find('[aria-label="Try film.mov again"]').exists()).toBe(false);
    });

    it("show pictures, of this page only", () => {
        expect(aTray(aPending({ previewUrl: "blob:https://host.example/1" })).get("img").attributes("src")).toBe("blob:https://host.example/1");
        expect(aTray(aPending({ previewUrl: "javascript:alert(1)" })).find("img").exists()).toBe(false);
    });
});
