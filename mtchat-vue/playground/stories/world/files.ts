import type { AttachmentView } from "@mtchat/client";
import { anAttachment } from "@parts/testing/fixtures.js";

const sample = (name: string): string => new URL(`samples/${name}`, document.baseURI).href;

export const PICTURE: AttachmentView = anAttachment({
    filename: "terminal.jpg",
    content_type: "image/jpeg",
    size: 1_482_000,
    width: 1200,
    height: 800,
    url: sample("terminal.svg"),
    thumbnail_url: sample("terminal.svg"),
});

export const TALL_PICTURE: AttachmentView = anAttachment({
    filename: "seal.jpg",
    content_type: "image/jpeg",
    size: 822_000,
    width: 600,
    height: 900,
    url: sample("seal.svg"),
    thumbnail_url: sample("seal.svg"),
});

export const DOCUMENT: AttachmentView = anAttachment({ url: sample("bill-of-lading.pdf"), size: 1_912 });

export const SHEET: AttachmentView = anAttachment({
    filename: "packing-list-very-long-name-of-a-file-that-does-not-fit-into-a-row-2026-11-24.xlsx",
    content_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    size: 48_230,
    url: sample("bill-of-lading.pdf"),
});

export const FILES: readonly AttachmentView[] = [PICTURE, TALL_PICTURE, DOCUMENT, SHEET];
