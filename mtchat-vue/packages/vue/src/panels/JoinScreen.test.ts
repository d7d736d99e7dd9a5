import { afterEach, describe, expect, it } from "vitest";
import JoinScreen from "./JoinScreen.vue";
import { type Stage, type StageOptions, stage } from "./mounting.js";

let shown: Stage;
function show(dialog: StageOptions["dialog"] = {}): Stage {
    shown = stage(JoinScreen, { dialog: { i_am_participant: false, ...dialog } });
    return shown;
}
afterEach(() => shown.wrapper.unmount());

const person = (n: number) => ({ user_id: `u${n}`, display_name: `Person ${n}`, company: "Altona Logistik" });

describe("the screen of who is not in a chat", () => {
    it("says what it is about and who is in it", () => {
        const text = show({ title: "Order 1042" }).wrapper.text();
        for (const part of ["Order 1042", "order/1042", "Jonas Brandt", "Altona Logistik"]) expect(text).toContain(part);
    });

    it("names five people and counts the others", () => {
        const text = show({ participants: [1, 2, 3, 4, 5, 6, 7].map(person), participants_count: 40 }).wrapper.text();
        expect(text).toContain("Person 5");
        expect(text).not.toContain("Person 6");
        expect(text).toContain("and 35 more");
    });

    it("says that nobody is there", () => {
        expect(show({ participants: [], participants_count: 0 }).wrapper.text()).toContain("Nobody is in it yet");
    });

    it("leads to joining", async () => {
        show();
        await shown.wrapper.get("button").trigger("click");
        expect(shown.overlays.current.value).toEqual({ kind: "join", dialog: shown.dialog });
    });

    it("offers nothing that can not be done", () => {
        show({ can_join: false });
        expect(shown.wrapper.find("button").exists()).toBe(false);
        expect(shown.wrapper.text()).toContain("You cannot join this chat.");
    });
});
