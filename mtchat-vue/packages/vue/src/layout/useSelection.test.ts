import { afterEach, describe, expect, it, vi } from "vitest";
import { effectScope, nextTick, ref, shallowRef } from "vue";
import type { ChatMode } from "../compat/types.js";
import type { ObjectRef } from "../composables/types.js";
import { aDialog } from "../testing/fixtures.js";
import { StoryClient, storyChat } from "../testing/story-client.js";
import { newestOf, useSelection } from "./useSelection.js";

const ORDER = { type: "order", id: "7" };
const OF_ORDER = { object_type: "order", object_id: "7" };
const older = aDialog({ ...OF_ORDER, created_at: "2026-11-01T00:00:00Z" });
const newer = aDialog({ ...OF_ORDER, created_at: "2026-11-02T00:00:00Z" });
const another = aDialog({ object_type: "order", object_id: "8", created_at: "2026-11-03T00:00:00Z" });

let stop = () => {};
afterEach(() => stop());

function selection(client: StoryClient, given: { mode?: ChatMode; object?: ObjectRef | null; dialogId?: string } = {}) {
    const mode = ref<ChatMode>(given.mode ?? "full");
    const object = shallowRef<ObjectRef | null>(given.object ?? null);
    const dialogId = ref(given.dialogId);
    const onSelected = vi.fn();
    const onError = vi.fn();
    const scope = effectScope();
    stop = () => scope.stop();
    const made = scope.run(() => useSelection({ mode, object, dialogId, onSelected, onError }, storyChat(client)))!;
    return { ...made, mode, object, dialogId, onSelected, onError };
}

/** Everything that waits has come. */
const settled = async () => {
    for (let turn = 0; turn < 4; turn += 1) await nextTick();
};

describe("selection", () => {
    it("is nothing at first", async () => {
        const { id, isResolving } = selection(new StoryClient({ dialogs: [newer] }));
        await settled();
        expect(id.value).toBeNull();
        expect(isResolving.value).toBe(false);
    });

    it("is told at once, and only when it is another one", () => {
        const { id, select, onSelected } = selection(new StoryClient());
        select("a");
        select("a");
        select("b");
        expect(id.value).toBe("b");
        expect(onSelected.mock.calls).toEqual([["a"], ["b"]]);
    });

    it("follows the host's dialog, and keeps what the user chose otherwise", async () => {
        const { id, select, dialogId } = selection(new StoryClient(), { dialogId: "a" });
        expect(id.value).toBe("a");
        dialogId.value = "b";
        await settled();
        expect(id.value).toBe("b");
        select("c");
        dialogId.value = undefined;
        await settled();
        expect(id.value).toBe("c");
        dialogId.value = "c";
        await settled();
        dialogId.value = "";
        await settled();
        expect(id.value).toBeNull();
    });
});

describe("the dialog of an object", () => {
    it("is what the server says", async () => {
        const client = new StoryClient({}, { dialogOfObject: async () => newer });
        const { id, isResolving } = selection(client, { mode: "inline", object: ORDER });
        expect(isResolving.value).toBe(true);
        await settled();
        expect(id.value).toBe(newer.id);
        expect(isResolving.value).toBe(false);
        expect(client.wanted("dialogOfObject")).toEqual([["order", "7"]]);
    });

    it("is one that is known already, until the server knows a newer one", async () => {
        let answer = (_: typeof newer) => {};
        const client = new StoryClient({ dialogs: [older, another] }, { dialogOfObject: () => new Promise((resolve) => (answer = resolve)) });
        const { id } = selection(client, { mode: "inline", object: ORDER });
        expect(id.value).toBe(older.id);
        answer(newer);
        await settled();
        expect(id.value).toBe(newer.id);
    });

    it("opens when it comes into being", async () => {
        const client = new StoryClient();
        const { id, isResolving, isOfObject } = selection(client, { mode: "inline", object: ORDER });
        await settled();
        expect([id.value, isResolving.value, isOfObject.value]).toEqual([null, false, true]);
        client.set({ available: [newer] });
        await settled();
        expect(id.value).toBe(newer.id);
    });

    it("stays open when a newer one comes", async () => {
        const client = new StoryClient({ dialogs: [older] }, { dialogOfObject: async () => older });
        const { id } = selection(client, { mode: "inline", object: ORDER });
        await settled();
        client.set({ dialogs: [older, newer] });
        await settled();
        expect(id.value).toBe(older.id);
    });

    it("is that of the present object, whoever answers late", async () => {
        const answers: ((dialog: typeof newer) => void)[] = [];
        const client = new StoryClient({}, { dialogOfObject: () => new Promise((resolve) => answers.push(resolve)) });
        const { id, object } = selection(client, { mode: "inline", object: ORDER });
        object.value = { type: "order", id: "8" };
        await settled();
        answers[1]!(another);
        await settled();
        answers[0]!(newer);
        await settled();
        expect(id.value).toBe(another.id);
    });

    it("is looked for again after a time without a connection", async () => {
        const client = new StoryClient({ connection: "waiting" }, { dialogOfObject: () => Promise.reject(new Error("offline")) });
        const { id, isResolving, onError } = selection(client, { mode: "inline", object: ORDER });
        await settled();
        expect(isResolving.value).toBe(true);
        client.answers.dialogOfObject = async () => newer;
        client.set({ connection: "connected" });
        await settled();
        expect(id.value).toBe(newer.id);
        expect(onError).not.toHaveBeenCalled();
    });

    it("that can not be found out is told", async () => {
        const client = new StoryClient({}, { dialogOfObject: () => Promise.reject(new Error("broken")) });
        const { isResolving, onError } = selection(client, { mode: "inline", object: ORDER });
        await settled();
        expect(onError).toHaveBeenCalledWith(new Error("broken"));
        expect(isResolving.value).toBe(false);
    });

    it("does not count where the host names a dialog, or there is a list", async () => {
        const client = new StoryClient({ dialogs: [newer] });
        expect(selection(client, { mode: "full", object: ORDER }).id.value).toBeNull();
        stop();
        expect(selection(client, { mode: "inline", object: ORDER, dialogId: "x" }).id.value).toBe("x");
        expect(client.wanted("dialogOfObject")).toEqual([]);
    });

    it("is another one when the object is", async () => {
        const client = new StoryClient({ dialogs: [newer, another] }, { dialogOfObject: async (_, id) => (id === "7" ? newer : another) });
        const { id, object, mode } = selection(client, { mode: "inline", object: ORDER });
        await settled();
        object.value = { type: "order", id: "8" };
        await settled();
        expect(id.value).toBe(another.id);
        mode.value = "full";
        await settled();
        expect(id.value).toBe(another.id);
    });

    it.each([
        ["the newest", [older, newer, another], newer],
        ["none", [another], null],
    ])("among those that are known: %s", (_, dialogs, expected) => {
        expect(newestOf(ORDER, new StoryClient({ dialogs }).state)).toBe(expected);
    });
});
