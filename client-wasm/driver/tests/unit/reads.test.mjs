import assert from "node:assert/strict";
import { test } from "node:test";
import { Http } from "../../.build/api/http.js";
import { Reads } from "../../.build/api/reads.js";

/** Reads from a server with these answers, and what it was asked. */
function reads(...answers) {
    const asked = [];
    const load = async (url, init) => {
        asked.push(`${init.method} ${url.slice("http://chat/api/v1".length)}`);
        return answers.shift();
    };
    class Reader extends Reads {
        http = new Http(() => "http://chat", { get: async () => "token" }, load);
    }
    return { asked, reads: new Reader() };
}

const data = (data, headers = {}) => new Response(JSON.stringify({ data }), { headers });
const refused = (status, code) => new Response(JSON.stringify({ error: { code, message: "no" } }), { status });

test("a page of dialogs says where the next one begins, and the last one does not", async () => {
    const { reads: all, asked } = reads(data([{ id: "a" }], { "Mtchat-Next-Cursor": "c+1" }), data([{ id: "b" }]));
    const first = await all.dialogs({ limit: 1 });
    assert.deepEqual(first, { dialogs: [{ id: "a" }], next_cursor: "c+1" });
    assert.deepEqual(await all.dialogs({ limit: 1, cursor: first.next_cursor }), { dialogs: [{ id: "b" }] });
    assert.deepEqual(asked, ["GET /dialogs?limit=1", "GET /dialogs?limit=1&cursor=c%2B1"]);
});

test("what is not said is not asked for, and what is said is encoded", async () => {
    const cases = [
        [(all) => all.dialogs(), "/dialogs"],
        [(all) => all.dialogs({ search: undefined, archived: false }), "/dialogs?archived=false"],
        [
            (all) => all.dialogs({ type: "available", search: "порт & 1", unread: true, objectType: "order", company: "A+B" }),
            "/dialogs?type=available&search=%D0%BF%D0%BE%D1%80%D1%82+%26+1&unread=true&company=A%2BB&object_type=order",
        ],
        [(all) => all.dialog("a/b"), "/dialogs/a%2Fb"],
        [(all) => all.dialogOfObject("order", "№ 7/1"), "/dialogs/by-object/order/%E2%84%96%207%2F1"],
        [(all) => all.dialogsOfObject("order", "7", { type: "participating", archived: true }), "/dialogs/by-object/order/7/list?type=participating&archived=true"],
        [(all) => all.message("d", "m"), "/dialogs/d/messages/m"],
        [(all) => all.messages("d"), "/dialogs/d/messages"],
        [(all) => all.messages("d", { around: "m", limit: 20 }), "/dialogs/d/messages?around=m&limit=20"],
    ];
    for (const [read, path] of cases) {
        const { reads: all, asked } = reads(data([]));
        await read(all);
        assert.deepEqual(asked, [`GET ${path}`]);
    }
});

test("an object without a dialog is no error, a message that is gone is one", async () => {
    const { reads: all } = reads(data(null), refused(404, "MESSAGE_NOT_FOUND"));
    assert.equal(await all.dialogOfObject("order", "7"), null);
    await assert.rejects(all.message("d", "m"), { name: "ApiError", code: "MESSAGE_NOT_FOUND", status: 404, retryable: false });
});

test("participants have a role and a last time also where the server says none", async () => {
    const { reads: all } = reads(data([{ user_id: "a", is_online: true }, { user_id: "b", role: "owner", last_seen: "2026-01-01T00:00:00Z" }]));
    const people = await all.participants("d");
    assert.deepEqual(people.map(({ role, last_seen }) => [role, last_seen]), [["member", null], ["owner", "2026-01-01T00:00:00Z"]]);
});

test("a page of messages comes as the server says it", async () => {
    const page = { messages: [{ id: "m" }], first_unread_message_id: "m", has_more_before: true, has_more_after: false };
    assert.deepEqual(await reads(data(page)).reads.messages("d"), page);
});
