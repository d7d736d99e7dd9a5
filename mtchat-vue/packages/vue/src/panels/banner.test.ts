import type { Connection } from "@mtchat/client";
import { describe, expect, it } from "vitest";
import { bannerOf } from "./banner.js";

describe("the banner of a connection", () => {
    it.each<[Connection, boolean, string | null]>([
        ["connected", false, null],
        ["connecting", false, null],
        ["waiting", false, null],
        ["offline", false, null],
        ["connecting", true, "header.bannerReconnecting"],
        ["waiting", true, "header.bannerReconnecting"],
        ["offline", true, "header.bannerOffline"],
        ["idle", true, "header.bannerDisconnected"],
        ["connected", true, null],
        [{ ended: "no_access" }, false, "header.bannerNoAccess"],
        [{ ended: "other_user" }, false, "header.bannerOtherUser"],
        [{ ended: "page_not_allowed" }, true, "header.bannerNotAllowed"],
        [{ ended: "core_failed" }, true, "header.bannerFailed"],
    ])("%j, troubled %s: %s", (connection, isTroubled, text) => {
        expect(bannerOf(connection, isTroubled)?.text ?? null).toBe(text);
    });

    it.each<[Connection, boolean]>([
        ["waiting", true],
        ["connecting", false],
        ["offline", false],
        [{ ended: "no_access" }, true],
        [{ ended: "other_user" }, false],
        [{ ended: "core_failed" }, true],
    ])("of %j offers «try again»: %s", (connection, canRetry) => {
        expect(bannerOf(connection, true)?.canRetry).toBe(canRetry);
    });
});
