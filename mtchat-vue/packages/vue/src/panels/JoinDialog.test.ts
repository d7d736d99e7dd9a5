import { ApiError } from "@mtchat/client";
import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { aDialog } from "../testing/fixtures.js";
import { type Answers, StoryClient } from "../testing/story-client.js";
import JoinDialog from "./JoinDialog.vue";
import { type Stage, type StageOptions, stage } from "./mounting.js";

let shown: Stage;
function show(answers: Answers = {}, config: StageOptions["config"] = {}): Stage {
    const dialog = aDialog({ id: "d", title: "Order 1042", i_am_participant: false });
    shown = stage(JoinDialog, { props: { dialog }, dialog, client: new StoryClient({}, answers), config });
    return shown;
}
afterEach(() => shown.wrapper.unmount());

const submit = async () => {
    await shown.wrapper.get("form").trigger("submit");
    await flushPromises();
};
const field = (name: string) => shown.wrapper.get(`input[name$='-${name}']`);
const anonymous = () => shown.wrapper.findAll("input[type='radio']")[1]!;
const preview = () => shown.wrapper.get("[role='group'][aria-label='The others see']").text();

describe("joining a chat", () => {
    it("shares name and company, and no contacts, unless one says so", async () => {
        show();
        await submit();
        expect(shown.client.wanted("join")).toEqual([["d", { display_name: "Anna Keller", company: "Northwind Freight" }]]);
        expect(shown.panel.emitted("joined")).toEqual([["d"]]);
    });

    it("shares contacts that one wants to share", async () => {
        show();
        await field("email").setValue(true);
        await field("phone").setValue(true);
        await submit();
        expect(shown.client.wanted("join")[0]![1]).toMatchObject({ email: "anna.keller@northwind.example", phone: "+49 40 1234 5610" });
    });

    it("without one's name takes contacts back, too", async () => {
        show();
        await field("email").setValue(true);
        await anonymous().setValue(true);
        expect(preview()).toContain("Company employee");
        expect(preview()).not.toContain("anna.keller");
        await submit();
        expect(shown.client.wanted("join")[0]![1]).toEqual({ display_name: "Company employee", company: "Northwind Freight" });
    });

    it("shows the company, which can not be changed", () => {
        show();
        expect(shown.wrapper.get("dd").text()).toBe("Northwind Freight");
    });

    it("asks for no contacts of who has none", () => {
        show({}, { userProfile: { displayName: "Anna", company: "A" } });
        expect(shown.wrapper.find("input[type='checkbox']").exists()).toBe(false);
    });

    it("says in words why it failed, and can be tried again", async () => {
        let tries = 0;
        const join = () => {
            tries += 1;
            return tries === 1 ? Promise.reject(new ApiError("SCOPE_MISMATCH", 403, "scope")) : Promise.resolve();
        };
        show({ join });
        await submit();
        expect(shown.wrapper.get("[role='alert']").text()).toBe("You may not join this chat with your present access.");
        expect(shown.panel.emitted("joined")).toBeUndefined();
        await submit();
        expect(shown.panel.emitted("joined")).toEqual([["d"]]);
    });

    it("is done once, however often one presses", async () => {
        show({ join: () => new Promise(() => undefined) });
        await submit();
        await submit();
        expect(shown.client.wanted("join")).toHaveLength(1);
        expect(shown.wrapper.get(".mtchat-join__confirm").attributes("disabled")).toBeDefined();
    });

    it("is well when another device was quicker", async () => {
        const member = aDialog({ id: "d" });
        show({
            join: () => {
                shown.client.set({ available: [], dialogs: [member] });
                return Promise.reject(new ApiError("BAD_REQUEST", 400, "already in"));
            },
        });
        await submit();
        expect(shown.panel.emitted("joined")).toEqual([["d"]]);
    });

    it("can be left alone", async () => {
        show();
        await shown.wrapper.get(".mtchat-join__cancel").trigger("click");
        expect(shown.panel.emitted("close")).toHaveLength(1);
        expect(shown.client.wanted("join")).toEqual([]);
    });
});
