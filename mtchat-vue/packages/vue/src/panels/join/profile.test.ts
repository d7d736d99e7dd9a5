import { describe, expect, it } from "vitest";
import { joinErrorKey, profileOf } from "./profile.js";

const anna = { displayName: "Anna Petersen", company: "Altona Logistik", email: "anna@altona.example", phone: "+49 40 123" };
const open = { isAnonymous: false, sharesEmail: true, sharesPhone: true };
const closed = { isAnonymous: true, sharesEmail: false, sharesPhone: false };

describe("the profile to join with", () => {
    it("has all that is shared", () => {
        expect(profileOf(anna, open, "Company employee")).toEqual({
            display_name: "Anna Petersen",
            company: "Altona Logistik",
            email: "anna@altona.example",
            phone: "+49 40 123",
        });
    });

    it("has a company and nothing else of who does not say who they are", () => {
        expect(profileOf(anna, closed, "Company employee")).toEqual({ display_name: "Company employee", company: "Altona Logistik" });
    });

    it("leaves out what is not known", () => {
        expect(profileOf({ displayName: "Anna", company: "" }, open, "Company employee")).toEqual({ display_name: "Anna" });
    });

    it("never has a blank name, which the server refuses", () => {
        expect(profileOf({ displayName: "  ", company: "A" }, open, "Company employee").display_name).toBe("Company employee");
    });
});

describe("why joining failed", () => {
    it.each([
        ["SCOPE_MISMATCH", "joinDialog.errorScope"],
        ["DIALOG_NOT_FOUND", "joinDialog.errorGone"],
        ["INVALID_INPUT", "joinDialog.errorInvalid"],
        ["RATE_LIMIT_EXCEEDED", "joinDialog.errorRate"],
        ["NETWORK", "joinDialog.errorNetwork"],
        ["SOMETHING_NEW", "joinDialog.errorOther"],
    ])("%s is %s", (code, key) => expect(joinErrorKey(Object.assign(new Error(), { code }))).toBe(key));

    it("is nothing particular of what is no error of ours", () => {
        expect(joinErrorKey(undefined)).toBe("joinDialog.errorOther");
        expect(joinErrorKey(new Error("x"))).toBe("joinDialog.errorOther");
    });
});
