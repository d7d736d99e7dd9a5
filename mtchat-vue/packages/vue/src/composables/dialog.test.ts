import { ApiError, type ClientState, type DialogItemView } from "@mtchat/client";
import { flushPromises } from "@vue/test-utils";
import { describe, expect, it, vi } from "vitest";
import { ref } from "vue";
import { aDialog, aParticipant, PEOPLE } from "../testing/fixtures.js";
import { type Answers, inScope, StoryClient, storyChat } from "../testing/story-client.js";
import { useDialog } from "./dialog.js";
import type { WriteAccess } from "./types.js";

const d = "d";

function dialogOf(state: Partial<ClientState> = {}, answers: Answers = {}) {
    const client = new StoryClient(state, answers);
    const id = ref<string | null>(d);
    return { client, id, dialog: inScope(() => useDialog(id, storyChat(client))) };
}

describe("a dialog", () => {
    it("of the list is there at once and stays as new as that", () => {
        const { client, dialog } = dialogOf({ dialogs: [aDialog({ id: d })] });
        expect([dialog.dialog.value?.id, dialog.isLoading.value, dialog.isMember.value]).toEqual([d, false, true]);
        client.set({ dialogs: [aDialog({ id: d, is_pinned: true })] });
        expect(dialog.dialog.value?.is_pinned).toBe(true);
        expect(client.wanted("dialog")).toEqual([]);
    });

    it("that is in no list is asked of the server, when the list is known", async () => {
        const { client, dialog } = dialogOf({ fresh: false }, { dialog: async (id) => aDialog({ id, i_am_participant: false }) });
        expect([dialog.isLoading.value, client.wanted("dialog")]).toEqual([true, []]);
        client.set({ fresh: true });
        await flushPromises();
        expect([dialog.dialog.value?.id, dialog.isLoading.value, dialog.access.value]).toEqual([d, false, "join_first"]);
    });

    it("that there is not is an error, not for ever loading", async () => {
        const { dialog } = dialogOf({}, { dialog: () => Promise.reject(new ApiError("DIALOG_NOT_FOUND", 404, "no")) });
        await flushPromises();
        expect([dialog.dialog.value, dialog.isLoading.value, dialog.error.value?.message]).toEqual([null, false, "no"]);
    });

    it("is asked for again after a reconnection, and when it goes away", async () => {
        const { client, dialog } = dialogOf({}, { dialog: async (id) => aDialog({ id, i_am_participant: false }) });
        await flushPromises();
        client.set({ connection: "waiting" });
        client.set({ connection: "connected" });
        expect(client.wanted("dialog")).toHaveLength(2);
        client.set({ dialogs: [aDialog({ id: d })] });
        expect(dialog.isMember.value).toBe(true);
        client.set({ dialogs: [] });
        await flushPromises();
        expect([client.wanted("dialog").length, dialog.isMember.value]).toEqual([3, false]);
    });

    it("that was told to be gone is gone, also where the server's database is a moment behind", async () => {
        vi.useFakeTimers();
        const answers = [aDialog({ id: d }), aDialog({ id: d })];
        const refused = () => Promise.reject(new ApiError("DIALOG_NOT_FOUND", 404, "no"));
        const { client, dialog } = dialogOf({ dialogs: [aDialog({ id: d })] }, { dialog: async () => answers.shift() ?? refused() });
        client.set({ dialogs: [] }, [{ dialog_gone: d }]);
        await vi.advanceTimersByTimeAsync(50);
        expect([dialog.dialog.value, dialog.error.value]).toEqual([null, null]);
        await vi.advanceTimersByTimeAsync(2_000);
        expect([dialog.dialog.value, dialog.error.value?.message]).toEqual([null, "no"]);
        vi.useRealTimers();
    });

    it("keeps what is known when there is no answer", async () => {
        const { client, dialog } = dialogOf({}, { dialog: async (id) => aDialog({ id }) });
        await flushPromises();
        client.answers.dialog = () => Promise.reject(new ApiError("NETWORK", 0, "offline"));
        client.set({ connection: "waiting" });
        client.set({ connection: "connected" });
        await flushPromises();
        expect(dialog.dialog.value?.id).toBe(d);
    });

    it("that is not meant any more is not changed by a late answer", async () => {
        const answers: ((dialog: DialogItemView) => void)[] = [];
        const { id, dialog } = dialogOf({}, { dialog: () => new Promise((resolve) => answers.push(resolve)) });
        id.value = "other";
        answers[1]!(aDialog({ id: "other" }));
        await flushPromises();
        answers[0]!(aDialog({ id: d }));
        await flushPromises();
        expect(dialog.dialog.value?.id).toBe("other");
        id.value = null;
        expect([dialog.dialog.value, dialog.isLoading.value, dialog.access.value]).toEqual([null, false, "unknown"]);
    });
});

describe("what one may do", () => {
    it.each<[WriteAccess, boolean, Partial<DialogItemView>, "member" | "owner" | "moderator" | "read_only"]>([
        ["may", false, {}, "member"],
        ["may", true, {}, "moderator"],
        ["may", true, {}, "owner"],
        ["read_only", false, {}, "read_only"],
        ["frozen", true, { frozen: true }, "owner"],
        ["join_first", false, { i_am_participant: false }, "member"],
    ])("is %s, moderator: %s", (access, isModerator, more, role) => {
        const participants = new Map([[d, [aParticipant({ user_id: PEOPLE.anna.id, role })]]]);
        const { dialog } = dialogOf({ dialogs: [aDialog({ id: d, ...more })], participants });
        expect([dialog.access.value, dialog.isModerator.value]).toEqual([access, isModerator]);
    });

    it("is wanted for the dialog that is meant", async () => {
        const { client, dialog } = dialogOf({ dialogs: [aDialog({ id: d })] });
        await dialog.archive();
        await dialog.unarchive();
        await dialog.pin();
        await dialog.unpin();
        await dialog.setNotifications("mentions");
        await dialog.markUnread("m");
        await dialog.join({ display_name: "Anna" });
        await dialog.leave();
        expect(client.wants.map(({ what }) => what)).toEqual(["archive", "unarchive", "pin", "unpin", "notifications", "markUnread", "join", "leave"]);
        expect(client.wants.every(({ of }) => of[0] === d)).toBe(true);
    });

    it("to a dialog that is in no list is seen in a new answer", async () => {
        const { client, dialog } = dialogOf({}, { dialog: async (id) => aDialog({ id, is_archived: client.wanted("archive").length > 0 }) });
        await flushPromises();
        await dialog.archive();
        expect(dialog.dialog.value?.is_archived).toBe(true);
    });
});
