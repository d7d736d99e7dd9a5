import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import Avatar from "./Avatar.vue";

const show = (props: Partial<InstanceType<typeof Avatar>["$props"]>) => mount(Avatar, { props: { name: "Anna Petersen", id: "anna", ...props } });

describe("an avatar", () => {
    it.each([
        [{ name: "Anna Petersen" }, "AP"],
        [{ name: null, company: "Altona Logistik" }, "AL"],
        [{ name: "", company: null }, "?"],
    ])("of %j has the letters %s", (props, letters) => {
        expect(show(props).text()).toBe(letters);
    });

    it.each([
        [true, true],
        [false, false],
        [null, false],
        [undefined, false],
    ])("of somebody who is online (%s) says so: %s", (online, isSaid) => {
        expect(show({ online }).find("[role='img'][aria-label]").exists()).toBe(isSaid);
    });

    it("does not read its letters aloud: the name is beside it", () => {
        expect(show({}).get("[aria-hidden='true']").text()).toBe("AP");
    });
});
