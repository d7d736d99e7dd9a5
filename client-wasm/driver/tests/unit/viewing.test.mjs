import assert from "node:assert/strict";
import { test } from "node:test";
import { Sockets } from "../../.build/driver/sockets.js";
import { Desk } from "../../.build/tabs/desk.js";

/** Sockets of which nothing is known but what was said over them. */
function line() {
    const made = [];
    class Socket {
        readyState = 1;
        said = [];

        constructor() {
            made.push(this);
        }

        send(text) {
            this.said.push(JSON.parse(text));
        }

        close() {}
    }
    const sockets = new Sockets("ws://localhost", Socket, () => undefined, assert.fail);
    return { sockets, made };
}

test("what is on the screen is said after who one is, and over each socket that comes", () => {
    const { sockets, made } = line();
    sockets.dial(1);
    sockets.view("d");
    assert.deepEqual(made[0].said, []);
    sockets.say(1, '{"type":"auth"}');
    sockets.say(1, '{"type":"ping"}');
    assert.deepEqual(made[0].said, [{ type: "auth" }, { type: "viewing", dialog_id: "d" }, { type: "ping" }]);
    sockets.view("d");
    sockets.view(null);
    assert.deepEqual(made[0].said.slice(3), [{ type: "viewing", dialog_id: null }]);

    sockets.view("e");
    made[0].onclose({ code: 1006 });
    sockets.dial(2);
    sockets.say(2, '{"type":"auth"}');
    assert.deepEqual(made[1].said, [{ type: "auth" }, { type: "viewing", dialog_id: "e" }]);
    assert.equal(made[0].said.length, 5);
});

test("nothing is said where no screen is", () => {
    const { sockets, made } = line();
    sockets.view(null);
    sockets.dial(1);
    sockets.say(1, '{"type":"auth"}');
    assert.deepEqual(made[0].said, [{ type: "auth" }]);
});

test("one of the tabs that are seen counts, and tabs with an older package do not", () => {
    const desk = new Desk();
    const needs = { connect: true, available: false, open: ["d"] };
    desk.set("old", needs);
    assert.equal(desk.all.viewing, null);
    desk.set("hidden", { ...needs, viewing: null });
    desk.set("seen", { ...needs, viewing: "d" });
    assert.equal(desk.all.viewing, "d");
    desk.set("seen", null);
    assert.equal(desk.all.viewing, null);
});
