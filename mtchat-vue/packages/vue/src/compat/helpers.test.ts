import { afterEach, describe, expect, it, vi } from "vitest";
import { asError, isAbortError, RequestError } from "./errors.js";
import { logger } from "./log.js";
import { senderName } from "./sender-name.js";

describe("senderName", () => {
    it.each([
        [{ display_name: "Anna", company: "Northwind" }, "Northwind — Anna"],
        [{ display_name: "Anna", company: " " }, "Anna"],
        [{ display_name: null, company: "Northwind" }, "Northwind"],
        [{ user_id: "u7" }, "u7"],
        [{}, ""],
    ])("of %o is «%s»", (who, name) => {
        expect(senderName(who)).toBe(name);
    });
});

describe("isAbortError", () => {
    it.each([
        [new DOMException("given up", "AbortError"), true],
        [AbortSignal.abort().reason, true],
        [new RequestError("no", "NETWORK", 0), false],
        [null, false],
        ["AbortError", false],
    ])("of %s is %s", (thrown, is) => {
        expect(isAbortError(thrown)).toBe(is);
    });
});

describe("asError", () => {
    it("makes an error of whatever was thrown", () => {
        const error = new Error("x");
        expect(asError(error)).toBe(error);
        expect(asError("x")).toEqual(new Error("x"));
    });
});

describe("logger", () => {
    afterEach(() => {
        vi.unstubAllEnvs();
        vi.restoreAllMocks();
    });

    it.each([
        ["development", 1],
        ["production", 0],
    ])("in %s speaks %i times", (mode, times) => {
        vi.stubEnv("NODE_ENV", mode);
        const said = vi.spyOn(console, "warn").mockImplementation(() => {});
        logger.warn("late answer");
        expect(said).toHaveBeenCalledTimes(times);
    });
});
