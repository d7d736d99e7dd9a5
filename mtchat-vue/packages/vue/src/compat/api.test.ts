// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MTChatApi } from "./api.js";
import { isAbortError, type RequestError } from "./errors.js";
import { TestServer } from "./testing/server.js";

const SCOPES = { scopeLevel0: ["Солнечный порт"], scopeLevel1: ["отдел 7"], scopeLevel2: ["海风"] };

let server: TestServer;
beforeEach(async () => {
    server = await TestServer.start();
});
afterEach(() => server.stop());

const apiOf = (token?: ConstructorParameters<typeof MTChatApi>[3]) => new MTChatApi(server.baseUrl, "ann/7", SCOPES, token);

describe("what is asked", () => {
    const profile = { display_name: "Ann", company: "Northwind" };
    const cases: [string, (api: MTChatApi) => Promise<unknown>, string, unknown?][] = [
        ["health", (api) => api.healthCheck(), "GET /health"],
        ["own and archived", (api) => api.getParticipatingDialogs(), "GET /api/v1/dialogs?type=participating"],
        ["archived ones found", (api) => api.getParticipatingDialogs("a b", true), "GET /api/v1/dialogs?type=participating&search=a+b&archived=true"],
        ["not archived", (api) => api.getParticipatingDialogs("", false), "GET /api/v1/dialogs?type=participating&archived=false"],
        ["available", (api) => api.getAvailableDialogs("&x"), "GET /api/v1/dialogs?type=available&search=%26x"],
        ["by type", (api) => api.getDialogs("available"), "GET /api/v1/dialogs?type=available"],
        ["a dialog", (api) => api.getDialog("d 1"), "GET /api/v1/dialogs/d%201"],
        ["of an object", (api) => api.getDialogByObject("заказ", "7/2?x#y"), "GET /api/v1/dialogs/by-object/%D0%B7%D0%B0%D0%BA%D0%B0%D0%B7/7%2F2%3Fx%23y"],
        [
            "all of an object",
            (api) => api.getDialogsByObject({ objectType: "order", objectId: "7", type: "available", archived: false, search: "x" }),
            "GET /api/v1/dialogs/by-object/order/7/list?type=available&archived=false&search=x",
        ],
        ["join", (api) => api.joinDialog("d", profile), "POST /api/v1/dialogs/d/join", profile],
        ["leave", (api) => api.leaveDialog("d"), "POST /api/v1/dialogs/d/leave"],
        ["archive", (api) => api.archiveDialog("d"), "POST /api/v1/dialogs/d/archive"],
        ["unarchive", (api) => api.unarchiveDialog("d"), "POST /api/v1/dialogs/d/unarchive"],
        ["pin", (api) => api.pinDialog("d"), "POST /api/v1/dialogs/d/pin"],
        ["unpin", (api) => api.unpinDialog("d"), "POST /api/v1/dialogs/d/unpin"],
        ["mute", (api) => api.setDialogNotifications("d", false), "POST /api/v1/dialogs/d/notifications", { enabled: false }],
        ["people", (api) => api.getParticipants("d"), "GET /api/v1/dialogs/d/participants"],
        ["messages", (api) => api.getMessages("d", { limit: 20, around: "m" }), "GET /api/v1/dialogs/d/messages?limit=20&around=m"],
        ["read", (api) => api.markAsRead("d", "m"), "POST /api/v1/dialogs/d/read", { last_read_message_id: "m" }],
        ["a message", (api) => api.getMessage("d", "m"), "GET /api/v1/dialogs/d/messages/m"],
        ["say", (api) => api.sendMessage("d", "Hi"), "POST /api/v1/dialogs/d/messages", { content: "Hi" }],
        ["answer", (api) => api.sendMessage("d", "Hi", { replyTo: "m", id: "n" }), "POST /api/v1/dialogs/d/messages", { content: "Hi", reply_to: "m", id: "n" }],
        ["edit", (api) => api.editMessage("d", "m", "Ho"), "PUT /api/v1/dialogs/d/messages/m", { content: "Ho" }],
        ["delete", (api) => api.deleteMessage("d", "m"), "DELETE /api/v1/dialogs/d/messages/m"],
        [
            "place for a file",
            (api) => api.getPresignedUploadUrl("d", "a.pdf", "application/pdf", 7),
            "POST /api/v1/upload/presign",
            { dialog_id: "d", filename: "a.pdf", content_type: "application/pdf", size: 7 },
        ],
        ["links", (api) => api.getAttachmentUrl("a"), "GET /api/v1/attachments/a/url"],
    ];
    it.each(cases)("%s", async (_, ask, line, body = "") => {
        await ask(apiOf("jwt"));
        expect(`${server.last.method} ${server.last.url}`).toBe(line);
        expect(server.last.body).toEqual(body);
        expect(server.last.headers.authorization).toBe("Bearer jwt");
    });

    it("says scopes of any letters as UTF-8", async () => {
        await apiOf("jwt").getDialogs("available");
        const header = Buffer.from(String(server.last.headers["x-scope-config"]), "base64").toString("utf8");
        expect(JSON.parse(header)).toEqual({ scope_level0: ["Солнечный порт"], scope_level1: ["отдел 7"], scope_level2: ["海风"] });
    });

    it("names the user in the query where there is no token", async () => {
        await apiOf().getMessages("d", { limit: 5 });
        expect(server.last.url).toBe("/api/v1/dialogs/d/messages?limit=5&user_id=ann%2F7");
        expect(server.last.headers.authorization).toBeUndefined();
    });

    it("asks for another token when one is refused, once", async () => {
        server.reply = ({ headers }) => (headers.authorization === "Bearer new" ? { body: { data: [] } } : { status: 401, body: {} });
        const api = apiOf((refused) => (refused ? "new" : "old"));
        await expect(api.getDialogs()).resolves.toEqual([]);
        expect(server.asked.map((asked) => asked.headers.authorization)).toEqual(["Bearer old", "Bearer new"]);
    });

    it("does not repeat what no other token would change", async () => {
        server.reply = () => ({ status: 401, body: { error: { code: "UNAUTHORIZED", message: "no" } } });
        await expect(apiOf(() => "old").getDialogs()).rejects.toMatchObject({ status: 401 });
        expect(server.asked).toHaveLength(1);
    });

    it("reads what was written before", async () => {
        server.reply = ({ method }) => ({ body: { data: {} }, headers: (method === "POST" ? { "Mtchat-Position": "0-12" } : {}) as Record<string, string> });
        const api = apiOf("jwt");
        await api.sendMessage("d", "Hi");
        await api.getMessages("d");
        expect(server.last.headers["mtchat-position"]).toBe("0-12");
    });
});

describe("what comes back", () => {
    it("is the data, null where there is none", async () => {
        server.reply = () => ({ body: { data: null } });
        expect(await apiOf("jwt").getDialogByObject("order", "7")).toBeNull();
        server.reply = () => ({ body: { data: [{ id: "d" }] } });
        expect(await apiOf("jwt").getDialogs()).toEqual([{ id: "d" }]);
    });

    it("is nothing where success is all there is to know", async () => {
        server.reply = () => ({ status: 204 });
        expect(await apiOf("jwt").deleteMessage("d", "m")).toBeUndefined();
        server.reply = () => ({ body: { status: "pinned" } });
        expect(await apiOf("jwt").pinDialog("d")).toBeUndefined();
    });
});

describe("failures", () => {
    const cases: [string, { status: number; body?: unknown }, { message: string; code: string }][] = [
        ["the server's words", { status: 403, body: { error: { code: "NOT_PARTICIPANT", message: "Join first" } } }, { message: "Join first", code: "NOT_PARTICIPANT" }],
        ["a page of a proxy", { status: 502, body: "<html>Bad gateway</html>" }, { message: "HTTP 502", code: "UNREADABLE" }],
        ["nothing at all", { status: 500 }, { message: "HTTP 500", code: "UNREADABLE" }],
        ["JSON of something else", { status: 404, body: { detail: "no" } }, { message: "HTTP 404", code: "UNREADABLE" }],
    ];
    it.each(cases)("%s", async (_, reply, expected) => {
        server.reply = () => reply;
        const error = await apiOf("jwt").getDialog("d").then(() => null, (thrown: RequestError) => thrown);
        expect(error).toBeInstanceOf(Error);
        expect(error).toMatchObject({ ...expected, status: reply.status });
    });

    it("tells that nobody answers", async () => {
        const api = apiOf("jwt");
        await server.stop();
        await expect(api.getDialogs()).rejects.toMatchObject({ code: "NETWORK", status: 0 });
    });

    it("tells giving up from failing", async () => {
        const giveUp = new AbortController();
        server.reply = () => {
            giveUp.abort();
            return { body: { data: null } };
        };
        const error: unknown = await apiOf("jwt").getDialog("d", giveUp.signal).catch((thrown: unknown) => thrown);
        expect(isAbortError(error)).toBe(true);
    });
});

describe("files", () => {
    it("go where the link says, as they were declared", async () => {
        server.reply = () => ({ status: 200 });
        const heard: number[] = [];
        await apiOf("jwt").uploadFile(`${server.baseUrl}/store/key?sig=1`, new Blob(["bytes"], { type: "text/plain" }), (percent) => heard.push(percent));
        expect(server.last).toMatchObject({ method: "PUT", url: "/store/key?sig=1", body: "bytes" });
        expect(server.last.headers["content-type"]).toBe("text/plain");
        expect(server.last.headers.authorization).toBeUndefined();
        expect(heard).toEqual([100]);
    });

    it("of unknown type are bytes", async () => {
        server.reply = () => ({ status: 200 });
        await apiOf("jwt").uploadFile(`${server.baseUrl}/store`, new Blob(["x"]));
        expect(server.last.headers["content-type"]).toBe("application/octet-stream");
    });

    it("that the store refuses are a failure", async () => {
        server.reply = () => ({ status: 403 });
        await expect(apiOf("jwt").uploadFile(`${server.baseUrl}/store`, new Blob(["x"]))).rejects.toMatchObject({
            code: "UPLOAD_REFUSED",
            status: 403,
        });
    });
});
