import { ApiError, type AttachmentInput } from "@mtchat/client";
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ref } from "vue";
import { inScope, StoryClient, storyChat } from "../testing/story-client.js";
import { useAttachments } from "./attachments.js";

const d = "d";

function file(name: string, type = "application/pdf", size = 3): File {
    const made = new File(["abc"], name, { type });
    if (size !== 3) Object.defineProperty(made, "size", { value: size });
    return made;
}

/** Uploads that end when the test says so. */
interface Upload {
    readonly name: string | undefined;
    progress(fraction: number): void;
    done(): Promise<unknown>;
    fail(error: unknown): Promise<unknown>;
    readonly signal: AbortSignal;
}

function attachmentsOf() {
    const uploads: Upload[] = [];
    const client = new StoryClient({}, {
        upload: (_dialog, { name, size, type }, options) =>
            new Promise<AttachmentInput>((resolve, reject) => {
                const { signal, onProgress } = options!;
                signal!.addEventListener("abort", () => reject(signal!.reason));
                uploads.push({
                    name,
                    signal: signal!,
                    progress: (fraction) => onProgress!(fraction),
                    done: () => (resolve({ s3_key: `key ${name}`, filename: name!, content_type: type, size }), flushPromises()),
                    fail: (error) => (reject(error), flushPromises()),
                });
            }),
    });
    const id = ref<string | null>(d);
    const attachments = inScope(() => useAttachments(id, storyChat(client)));
    const states = () => attachments.files.value.map(({ filename, status, error }) => `${filename} ${error ?? status}`);
    return { uploads, client, id, attachments, states };
}

const previews = { made: [] as string[], revoked: [] as string[] };
beforeEach(() => {
    [previews.made, previews.revoked] = [[], []];
    vi.spyOn(URL, "createObjectURL").mockImplementation(() => {
        const url = `blob:${previews.made.length}`;
        previews.made.push(url);
        return url;
    });
    vi.spyOn(URL, "revokeObjectURL").mockImplementation((url) => void previews.revoked.push(url));
});
afterEach(() => vi.restoreAllMocks());

describe("files for a message", () => {
    it("are uploaded at once, with progress, and then are ready to go", async () => {
        const { uploads, attachments, client, states } = attachmentsOf();
        attachments.add([file("a.pdf")]);
        expect([client.wanted("upload")[0]?.[0], attachments.isUploading.value, attachments.isReady.value]).toEqual([d, true, false]);
        uploads[0]!.progress(0.456);
        expect(attachments.files.value[0]?.progress).toBe(46);
        await uploads[0]!.done();
        expect([states(), attachments.isUploading.value, attachments.isReady.value]).toEqual([["a.pdf uploaded"], false, true]);
        expect(attachments.uploaded()).toEqual([{ s3_key: "key a.pdf", filename: "a.pdf", content_type: "application/pdf", size: 3 }]);
    });

    it("go three at a time, in order", async () => {
        const { uploads, attachments, states } = attachmentsOf();
        attachments.add(["1", "2", "3", "4", "5"].map((name) => file(name)));
        expect(states()).toEqual(["1 uploading", "2 uploading", "3 uploading", "4 pending", "5 pending"]);
        await uploads[1]!.done();
        expect(uploads.map(({ name }) => name)).toEqual(["1", "2", "3", "4"]);
        for (const place of [3, 2, 0]) await uploads[place]!.done();
        await uploads[4]!.done();
        expect(attachments.uploaded().map(({ filename }) => filename)).toEqual(["1", "2", "3", "4", "5"]);
    });

    it("that the server would refuse are not sent to it, and say why", () => {
        const { uploads, attachments, states } = attachmentsOf();
        attachments.add([file("a.exe", "application/x-msdownload"), file("big.pdf", "application/pdf", 104_857_601)]);
        attachments.add(Array.from({ length: 11 }, (_, place) => file(`${place}`)));
        expect(states().filter((state) => state.includes("errors."))).toEqual([
            "a.exe errors.file_type",
            "big.pdf errors.file_too_large",
            "10 errors.too_many_files",
        ]);
        expect(uploads).toHaveLength(3);
        attachments.retry(attachments.files.value[0]!.id);
        expect(states()[0]).toBe("a.exe errors.file_type");
    });

    it.each([
        ["errors.file_too_large", new ApiError("FILE_TOO_LARGE", 400, "x")],
        ["errors.file_type", new ApiError("UNSUPPORTED_FILE_TYPE", 400, "x")],
        ["errors.upload_failed", new ApiError("NETWORK", 0, "x")],
        ["errors.upload_failed", new Error("x")],
    ])("that fail say so: %s", async (expected, error) => {
        const { uploads, attachments, states } = attachmentsOf();
        attachments.add([file("a")]);
        await uploads[0]!.fail(error);
        expect([states(), attachments.isReady.value]).toEqual([[`a ${expected}`], false]);
    });

    it("that failed can be tried again", async () => {
        const { uploads, attachments, states } = attachmentsOf();
        attachments.add([file("a")]);
        await uploads[0]!.fail(new Error("x"));
        attachments.retry(attachments.files.value[0]!.id);
        expect(states()).toEqual(["a uploading"]);
        await uploads[1]!.done();
        expect(states()).toEqual(["a uploaded"]);
    });

    it("that are removed are given up, and the next one begins", async () => {
        const { uploads, attachments, states } = attachmentsOf();
        attachments.add(["1", "2", "3", "4"].map((name) => file(name)));
        attachments.remove(attachments.files.value[0]!.id);
        await flushPromises();
        expect([uploads[0]!.signal.aborted, states()]).toEqual([true, ["2 uploading", "3 uploading", "4 uploading"]]);
    });

    it("that are pictures have a preview while they are there", () => {
        const { attachments } = attachmentsOf();
        attachments.add([file("a.png", "image/png"), file("b.pdf"), file("c.gif", "image/gif")]);
        expect(attachments.files.value.map(({ previewUrl }) => previewUrl)).toEqual(["blob:0", undefined, "blob:1"]);
        attachments.remove(attachments.files.value[0]!.id);
        expect(previews.revoked).toEqual(["blob:0"]);
        attachments.stop();
        expect(previews.revoked).toEqual(["blob:0", "blob:1"]);
    });

    it("of one dialog are not those of another, and do not come late", async () => {
        const { uploads, id, attachments } = attachmentsOf();
        attachments.add([file("a"), file("b")]);
        id.value = "other";
        await flushPromises();
        expect([attachments.files.value, uploads.every(({ signal }) => signal.aborted)]).toEqual([[], true]);
        await uploads[0]!.done();
        expect(attachments.files.value).toEqual([]);
    });
});
