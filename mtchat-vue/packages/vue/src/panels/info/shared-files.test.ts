import type { MessageView } from "@mtchat/client";
import { describe, expect, it } from "vitest";
import type { TimelineItem } from "../../composables/index.js";
import { sharedFiles } from "./shared-files.js";

function item(id: string, files: string[]): TimelineItem {
    const attachments = files.map((name) => ({ id: name, filename: name, content_type: "text/plain", size: 1 }));
    const message = { id, sent_at: `2026-11-0${id}T10:00:00Z`, sender_id: "a", attachments } as MessageView;
    return { kind: "message", key: id, message, isOwn: false, isFirst: true, isLast: true };
}

describe("shared files", () => {
    it("are those of loaded messages, newest message first, in the order of each", () => {
        const items: TimelineItem[] = [
            { kind: "gap", key: "g", after: null, before: "1" },
            item("1", ["a"]),
            { kind: "day", key: "d", at: "2026-11-02T00:00:00Z" },
            item("2", []),
            item("3", ["b", "c"]),
        ];
        expect(sharedFiles(items).map(({ file, sentAt }) => [file.id, sentAt])).toEqual([
            ["b", "2026-11-03T10:00:00Z"],
            ["c", "2026-11-03T10:00:00Z"],
            ["a", "2026-11-01T10:00:00Z"],
        ]);
    });

    it("are none of messages without any", () => {
        const { attachments: _, ...message } = (item("1", []) as Extract<TimelineItem, { kind: "message" }>).message;
        expect(sharedFiles([{ ...item("1", []), message } as TimelineItem])).toEqual([]);
    });
});
