import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Http } from "../../.build/api/http.js";
import { isAllowedFileType, isValidFileSize } from "../../.build/files/limits.js";
import { Uploads } from "../../.build/files/upload.js";
import { ATTACHMENT_LIMITS } from "../../.build/generated/core.js";
import { lastPage } from "../../.build/storage/pages.js";
import { message } from "./things.mjs";

const STORE = "http://store/bucket";
const picture = () => new File(["bytes"], "a.png", { type: "image/png" });
const refused = (status, code) => new Response(JSON.stringify({ error: { code, message: "no" } }), { status });

/** A server that gives a link whenever it is asked for one, unless it has other answers, and a store with these. */
function uploads(stored, presigned = []) {
    const asked = [];
    const put = [];
    const load = async (url, init) => {
        if (!url.startsWith(STORE)) {
            asked.push({ url, body: JSON.parse(init.body), token: init.headers.Authorization });
            const { content_type } = JSON.parse(init.body);
            const number = asked.length;
            const place = { upload_url: `${STORE}/${number}`, s3_key: `key-${number}`, expires_in: 300, content_type: content_type || "application/octet-stream" };
            return presigned.shift() ?? Response.json({ data: place });
        }
        put.push({ url, type: init.headers["Content-Type"], body: await init.body.text() });
        const next = stored.shift() ?? 200;
        if (next instanceof Error) throw next;
        return new Response(null, { status: next });
    };
    const tokens = { get: async (refused) => (refused === null ? "one" : "two") };
    return { asked, put, uploads: new Uploads(new Http(() => "http://chat", tokens, load), load, 1) };
}

test("a file is refused before anything is asked where the server would refuse it", async () => {
    for (const type of ["image/png", "Image/PNG; q=1", "text/plain;charset=utf-8", "", " "]) assert.ok(isAllowedFileType(type), type);
    for (const type of ["application/x-msdownload", "text/javascript", "image", ";image/png"]) assert.ok(!isAllowedFileType(type), type);
    assert.deepEqual([0, 1, 104_857_600, 104_857_601, -1, NaN].map(isValidFileSize), [true, true, true, false, false, false]);
    assert.equal(ATTACHMENT_LIMITS.maxFiles, 10);

    const { uploads: all, asked } = uploads([]);
    const options = { contentType: "text/javascript" };
    await assert.rejects(all.upload("d", picture(), options), { name: "ApiError", code: "UNSUPPORTED_FILE_TYPE", status: 0, retryable: false });
    const huge = { size: ATTACHMENT_LIMITS.maxBytes + 1, type: "image/png", name: "a.png" };
    await assert.rejects(all.upload("d", huge, {}), { code: "FILE_TOO_LARGE", retryable: false });
    assert.deepEqual(asked, []);
});

test("bytes go to the store as the server says, and what comes back names them", async () => {
    const { uploads: all, asked, put } = uploads([]);
    const progress = [];
    const onProgress = (fraction) => progress.push(fraction);
    const input = await all.upload("d", picture(), { onProgress });
    assert.deepEqual(input, { s3_key: "key-1", filename: "a.png", content_type: "image/png", size: 5 });
    const body = { dialog_id: "d", filename: "a.png", content_type: "image/png", size: 5 };
    assert.deepEqual(asked, [{ url: "http://chat/api/v1/upload/presign", body, token: "Bearer one" }]);
    assert.deepEqual(put, [{ url: `${STORE}/1`, type: "image/png", body: "bytes" }]);
    assert.deepEqual(progress, [1]);
    // Bytes without a name and a type have those that are given, or none.
    const named = await all.upload("d", new Blob(["x"]), { filename: "b.txt", contentType: "text/plain" });
    assert.deepEqual([named.filename, named.content_type], ["b.txt", "text/plain"]);
    const bare = await all.upload("d", new Blob(["x"]), {});
    assert.deepEqual([bare.filename, bare.content_type, put[2].type], ["file", "application/octet-stream", "application/octet-stream"]);
});

test("a token that has ended is replaced, and what the server refuses is told", async () => {
    const renewed = uploads([], [refused(401, "UNAUTHORIZED")]);
    await renewed.uploads.upload("d", picture(), {});
    assert.deepEqual(renewed.asked.map(({ token }) => token), ["Bearer one", "Bearer two"]);
    const down = uploads([], [refused(503, "SERVICE_UNAVAILABLE")]);
    await assert.rejects(down.uploads.upload("d", picture(), {}), { code: "SERVICE_UNAVAILABLE", status: 503, retryable: true });
    const small = uploads([], [refused(400, "FILE_TOO_LARGE")]);
    await assert.rejects(small.uploads.upload("d", picture(), {}), { code: "FILE_TOO_LARGE", status: 400, retryable: false });
});

test("a link whose time is over is replaced once", async () => {
    const late = uploads([403]);
    assert.equal((await late.uploads.upload("d", picture(), {})).s3_key, "key-2");
    assert.deepEqual(late.put.map(({ url }) => url), [`${STORE}/1`, `${STORE}/2`]);
    const never = uploads([403, 403]);
    await assert.rejects(never.uploads.upload("d", picture(), {}), { code: "UPLOAD_REFUSED", status: 403, retryable: false });
    const other = uploads([400]);
    await assert.rejects(other.uploads.upload("d", picture(), {}), { code: "UPLOAD_REFUSED", status: 400 });
    assert.deepEqual([never.put.length, other.put.length], [2, 1]);
});

test("what does not arrive is sent again, three times", async () => {
    const gone = () => new TypeError("no network");
    const back = uploads([gone(), 503, gone()]);
    const progress = [];
    const onProgress = (fraction) => progress.push(fraction);
    assert.equal((await back.uploads.upload("d", picture(), { onProgress })).s3_key, "key-1");
    assert.deepEqual([back.put.length, back.asked.length, progress], [4, 1, [0, 0, 0, 1]]);
    const lost = uploads([gone(), gone(), gone(), gone()]);
    await assert.rejects(lost.uploads.upload("d", picture(), {}), { code: "NETWORK", status: 0, retryable: true });
    const down = uploads([500, 500, 500, 500]);
    await assert.rejects(down.uploads.upload("d", picture(), {}), { code: "UPLOAD_REFUSED", status: 500, retryable: true });
});

test("an upload that is given up ends with the reason, wherever it is", async () => {
    const reason = new Error("enough");
    const before = uploads([]);
    await assert.rejects(before.uploads.upload("d", picture(), { signal: AbortSignal.abort(reason) }), reason);
    assert.equal(before.put.length, 0);
    const between = uploads([503]);
    const abort = new AbortController();
    const onProgress = () => abort.abort(reason);
    await assert.rejects(between.uploads.upload("d", picture(), { signal: abort.signal, onProgress }), reason);
    assert.equal(between.put.length, 1);
});

/** What browsers have; `play` says what comes of one. */
function browser(play) {
    globalThis.XMLHttpRequest = class {
        headers = {};
        upload = {};
        open(method, url) {
            Object.assign(this, { method, url });
        }
        setRequestHeader(name, value) {
            this.headers[name] = value;
        }
        send(body) {
            this.body = body;
            queueMicrotask(() => play(this));
        }
        abort() {
            this.onabort();
        }
    };
}

afterEach(() => {
    delete globalThis.XMLHttpRequest;
});

test("in browsers one hears how far it is", async () => {
    const made = [];
    browser((request) => {
        made.push(request);
        if (made.length === 1) return request.onerror();
        for (const loaded of [2, 5]) request.upload.onprogress({ loaded, total: 5 });
        request.status = 200;
        request.onload();
    });
    const progress = [];
    const onProgress = (fraction) => progress.push(fraction);
    const { uploads: all, put } = uploads([]);
    const file = picture();
    await all.upload("d", file, { onProgress });
    const [, last] = made;
    assert.deepEqual([last.method, last.url, last.headers, last.body === file], ["PUT", `${STORE}/1`, { "Content-Type": "image/png" }, true]);
    assert.deepEqual(progress, [0, 0.4, 1, 1]);
    assert.equal(put.length, 0);
});

test("in browsers an upload that is given up, or does not move, is aborted", async (t) => {
    const abort = new AbortController();
    const reason = new Error("enough");
    browser(() => abort.abort(reason));
    await assert.rejects(uploads([]).uploads.upload("d", picture(), { signal: abort.signal }), reason);

    t.mock.timers.enable({ apis: ["setTimeout"] });
    browser(() => queueMicrotask(() => t.mock.timers.tick(60_000)));
    // What is waited for before it is tried again passes as well.
    await assert.rejects(uploads([]).uploads.upload("d", picture(), { onProgress: () => queueMicrotask(() => t.mock.timers.tick(60_000)) }), { code: "TIMEOUT" });
});

test("links to files are not kept", () => {
    const file = { id: "f", filename: "a.png", content_type: "image/png", size: 7 };
    const row = message("1");
    row.message.attachments = [{ ...file, url: "http://x", thumbnail_url: "http://y" }];
    const page = JSON.parse(JSON.stringify(lastPage([message("0"), row])));
    assert.deepEqual(page[1].message.attachments, [file]);
    assert.equal(row.message.attachments[0].url, "http://x");
    assert.deepEqual(page[0], message("0"));
});
