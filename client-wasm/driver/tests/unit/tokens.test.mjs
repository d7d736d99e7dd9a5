import assert from "node:assert/strict";
import { test } from "node:test";
import { scopeOf, subjectOf } from "../../.build/identity.js";
import { Tokens } from "../../.build/tokens.js";

const encoded = (claims) => Buffer.from(JSON.stringify(claims)).toString("base64url");
const tokenOf = (claims) => `e30.${encoded(claims)}.x`;

test("a token says whose it is as the server reads it", () => {
    assert.equal(subjectOf(tokenOf({ sub: "alice" })), "alice");
    assert.equal(subjectOf(tokenOf({ sub: "Алиса-李" })), "Алиса-李");
    assert.equal(subjectOf(tokenOf({ sub: 42 })), "42");
    for (const claims of [{}, { sub: "" }, { sub: 1.5 }, { sub: {} }, null]) assert.equal(subjectOf(tokenOf(claims)), null);
    for (const token of ["", "abc", "a.b.c", "a.%.c"]) assert.equal(subjectOf(token), null);
});

test("no two users and no two servers have one scope", () => {
    const pairs = [
        ["https://a", "b/c"],
        ["https://a/b", "c"],
        ["https://a", "b%2Fc"],
        ["https://a", "B/c"],
        ["https://b", "b/c"],
    ];
    assert.equal(new Set(pairs.map(([url, user]) => scopeOf(url, user))).size, pairs.length);
});

test("a token is asked for once, by however many, and again when it is refused", async () => {
    let asked = 0;
    const tokens = new Tokens(async () => tokenOf({ sub: "alice", asked: (asked += 1) }));
    const [one, other] = await Promise.all([tokens.get(), tokens.get()]);
    assert.equal(one, other);
    assert.equal(await tokens.get(), one);
    assert.equal(asked, 1);
    const next = await tokens.get(one);
    assert.notEqual(next, one);
    // Whoever still has the first one gets the second, without asking.
    assert.equal(await tokens.get(one), next);
    assert.equal(asked, 2);
});

test("a token of another user is an error and is never given out", async () => {
    let user = "alice";
    const tokens = new Tokens(async () => tokenOf({ sub: user }));
    const first = await tokens.get();
    user = "bob";
    await assert.rejects(tokens.get(first), { name: "ClientError", code: "other_user" });
    await assert.rejects(tokens.get(), { code: "other_user" });
    user = "alice";
    assert.equal(subjectOf(await tokens.get()), "alice");
});

test("what getToken throws is told as such", async () => {
    const tokens = new Tokens(() => {
        throw new Error("logged out");
    });
    await assert.rejects(tokens.get(), { code: "token", message: /logged out/ });
    assert.equal(await new Tokens(async () => undefined).get(), null);
});
