import { describe, expect, it } from "vitest";
import { fileIcon, formatFileSize, getAttachmentType } from "./types.js";

describe("how a file is shown", () => {
    it.each([
        ["image/png", "image"],
        ["image/svg+xml", "image"],
        ["IMAGE/JPEG", "image"],
        ["application/pdf", "pdf"],
        ["application/pdf; version=1.7", "pdf"],
        ["application/octet-stream", "file"],
        ["video/mp4", "file"],
        ["", "file"],
    ])("%s → %s", (type, shown) => {
        expect(getAttachmentType(type)).toBe(shown);
    });
});

describe("sizes for people", () => {
    it.each([
        [0, "0 B"],
        [1, "1 B"],
        [1023, "1023 B"],
        [1024, "1.0 KB"],
        [1536, "1.5 KB"],
        [1024 * 1024 - 1, "1.0 MB"],
        [1024 * 1024, "1.0 MB"],
        [5.25 * 1024 * 1024, "5.3 MB"],
        [3 * 1024 ** 3, "3072.0 MB"],
        [-5, "0 B"],
        [Number.NaN, "0 B"],
    ])("%d → %s", (bytes, text) => {
        expect(formatFileSize(bytes)).toBe(text);
    });
});

describe("icons of files", () => {
    it.each([
        ["application/pdf", "file-pdf"],
        ["application/vnd.ms-excel", "file-spreadsheet"],
        ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "file-spreadsheet"],
        ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "file-document"],
        ["application/vnd.oasis.opendocument.spreadsheet", "file-spreadsheet"],
        ["application/vnd.oasis.opendocument.text", "file-document"],
        ["text/csv; charset=utf-8", "file-spreadsheet"],
        ["text/plain", "file-document"],
        ["application/json", "code"],
        ["application/zip", "file-archive"],
        ["audio/mpeg", "file-audio"],
        ["video/mp4", "file-video"],
        ["image/webp", "image"],
        ["application/x-unknown", "file"],
    ])("%s → %s", (type, icon) => {
        expect(fileIcon(type)).toBe(icon);
    });
});
