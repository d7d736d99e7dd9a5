import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope } from "vue";
import { useFileUpload, type UseFileUploadOptions, type UseFileUploadReturn } from "./useFileUpload.js";

const file = (name: string, type = "application/pdf", size = 3) => new File(["x".repeat(size)], name, { type });

/** An API whose uploads end when the test says so. */
class Uploads {
    readonly places: string[] = [];
    readonly running = new Map<string, { done: () => void; fail: (error: Error) => void; progress: (percent: number) => void; signal?: AbortSignal }>();

    getPresignedUploadUrl = vi.fn(async (_dialog: string, name: string) => {
        this.places.push(name);
        return { upload_url: `https://store/${name}`, s3_key: `key/${name}`, expires_in: 300 };
    });
    uploadFile = (url: string, _file: Blob, onProgress?: (percent: number) => void, signal?: AbortSignal) =>
        new Promise<void>((done, fail) => {
            const name = url.split("/").at(-1)!;
            this.running.set(name, { done, fail, progress: onProgress!, signal });
        });
}

let uploads: Uploads;
let upload: UseFileUploadReturn;
let refused: string[];
let stop = () => {};
beforeEach(() => {
    uploads = new Uploads();
    refused = [];
    use();
});
afterEach(() => stop());

function use(options: Partial<UseFileUploadOptions> = {}): void {
    stop();
    const scope = effectScope();
    stop = () => scope.stop();
    upload = scope.run(() => useFileUpload({ dialogId: "d", api: uploads, onError: (error, { name }) => refused.push(`${name}: ${error.message}`), ...options }))!;
}

const started = (name: string) => vi.waitFor(() => expect(uploads.running.has(name)).toBe(true));
const states = () => upload.pendingAttachments.value.map(({ filename, status }) => `${filename} ${status}`);

describe("useFileUpload", () => {
    it("uploads at once, and tells how far it is", async () => {
        const adding = upload.addFiles([file("a.pdf")]);
        expect(upload.isUploading.value).toBe(true);
        await started("a.pdf");
        uploads.running.get("a.pdf")!.progress(40);
        expect(upload.pendingAttachments.value[0]).toMatchObject({ filename: "a.pdf", contentType: "application/pdf", size: 3, progress: 40, status: "uploading" });
        uploads.running.get("a.pdf")!.done();
        await adding;
        expect(upload.pendingAttachments.value[0]).toMatchObject({ progress: 100, status: "uploaded", s3Key: "key/a.pdf" });
        expect([upload.isUploading.value, upload.isReady.value, upload.hasUploaded.value]).toEqual([false, true, true]);
        expect(upload.getUploadedAttachments()).toEqual([{ s3_key: "key/a.pdf", filename: "a.pdf", content_type: "application/pdf", size: 3 }]);
    });

    it.each([
        ["a type that is not taken", [file("a.exe", "application/x-msdownload")], /a.exe: files of type/],
        ["too large", [Object.defineProperty(file("b.pdf"), "size", { value: 101 * 1024 * 1024 })], /b.pdf: a file may have/],
    ])("refuses %s", async (_, files, expected) => {
        await upload.addFiles(files);
        expect(upload.pendingAttachments.value).toEqual([]);
        expect(refused[0]).toMatch(expected);
    });

    it("takes ten files, not more", () => {
        void upload.addFiles(Array.from({ length: 12 }, (_, n) => file(`${n}.pdf`)));
        expect(upload.pendingAttachments.value).toHaveLength(10);
        expect(refused).toHaveLength(2);
    });

    it("tries again what failed", async () => {
        const adding = upload.addFiles([file("a.pdf"), file("b.pdf")]);
        await started("b.pdf");
        uploads.running.get("a.pdf")!.fail(new Error("HTTP 403"));
        uploads.running.get("b.pdf")!.done();
        await adding;
        expect(states()).toEqual(["a.pdf error", "b.pdf uploaded"]);
        expect(upload.isReady.value).toBe(false);
        expect(refused).toEqual(["a.pdf: HTTP 403"]);
        uploads.running.clear();
        const again = upload.retryUpload(upload.pendingAttachments.value[0]!.id);
        await started("a.pdf");
        uploads.running.get("a.pdf")!.done();
        await again;
        expect(states()).toEqual(["a.pdf uploaded", "b.pdf uploaded"]);
    });

    it("gives up what is removed, without a word", async () => {
        void upload.addFiles([file("a.pdf")]);
        await started("a.pdf");
        upload.removeAttachment(upload.pendingAttachments.value[0]!.id);
        const { signal, fail } = uploads.running.get("a.pdf")!;
        expect(signal?.aborted).toBe(true);
        fail(new DOMException("given up", "AbortError"));
        await vi.waitFor(() => expect(upload.pendingFiles.value).toEqual([]));
        expect(refused).toEqual([]);
    });

    it("shows pictures, and lets go of them", () => {
        const create = vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:1");
        const revoke = vi.spyOn(URL, "revokeObjectURL").mockImplementation(() => {});
        void upload.addFiles([file("a.png", "image/png")]);
        expect(upload.pendingAttachments.value[0]!.previewUrl).toBe("blob:1");
        stop();
        expect(revoke).toHaveBeenCalledWith("blob:1");
        create.mockRestore();
        revoke.mockRestore();
    });

    it("waits for all", async () => {
        void upload.addFiles([file("a.pdf"), file("b.pdf")]);
        let isDone = false;
        const all = upload.uploadAll().then(() => (isDone = true));
        await started("b.pdf");
        uploads.running.get("a.pdf")!.done();
        await vi.waitFor(() => expect(states()).toContain("a.pdf uploaded"));
        expect(isDone).toBe(false);
        uploads.running.get("b.pdf")!.done();
        await all;
        expect(uploads.places).toEqual(["a.pdf", "b.pdf"]);
    });

    it("needs a dialog", async () => {
        use({ dialogId: null });
        await upload.addFiles([file("a.pdf")]);
        expect(states()).toEqual(["a.pdf error"]);
    });
});
