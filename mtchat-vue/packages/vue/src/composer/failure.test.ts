import { ApiError } from "@mtchat/client";
import { describe, expect, it } from "vitest";
import { failureKey } from "./failure.js";

describe("what went wrong", () => {
    it.each([
        [new ApiError("NETWORK", 0, ""), false, "errors.network"],
        [new ApiError("NOT_MESSAGE_AUTHOR", 403, ""), true, "errors.forbidden"],
        [new ApiError("NOT_PARTICIPANT", 403, ""), false, "errors.not_participant"],
        [new ApiError("MESSAGE_NOT_FOUND", 404, ""), true, "errors.not_found"],
        [new ApiError("INTERNAL_ERROR", 500, ""), false, "errors.send_failed"],
        [new Error("boom"), true, "errors.edit_failed"],
        [undefined, false, "errors.send_failed"],
    ])("%o (edit: %s) is said as %s", (error, isEdit, key) => {
        expect(failureKey(error, isEdit)).toBe(key);
    });
});
