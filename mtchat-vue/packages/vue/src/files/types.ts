import type { IconName } from "../icons/paths.js";

/** How a file can be shown: as a picture, page by page, or as a card. */
export type AttachmentType = "image" | "pdf" | "file";

/** How a file of this content type is shown. */
export function getAttachmentType(contentType: string): AttachmentType {
    const type = essence(contentType);
    if (type.startsWith("image/")) return "image";
    return type === "application/pdf" ? "pdf" : "file";
}

/** A size for people: bytes whole, everything above with one decimal. */
export function formatFileSize(bytes: number): string {
    const known = Number.isFinite(bytes) && bytes > 0 ? bytes : 0;
    if (known < KILO) return `${Math.round(known)} B`;
    const kilobytes = known / KILO;
    // What would be rounded up to a thousand of the smaller unit is one of the larger.
    if (Number(kilobytes.toFixed(1)) < KILO) return `${kilobytes.toFixed(1)} KB`;
    return `${(kilobytes / KILO).toFixed(1)} MB`;
}

/** Which icon stands for files of this content type. */
export function fileIcon(contentType: string): IconName {
    const type = essence(contentType);
    return EXACT[type] ?? BY_FAMILY.find(([family]) => type.startsWith(family))?.[1] ?? "file";
}

const KILO = 1024;

/** Without parameters, as in `text/plain; charset=utf-8`. */
function essence(contentType: string): string {
    return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}

const OFFICE = "application/vnd.openxmlformats-officedocument";
const OPEN = "application/vnd.oasis.opendocument";

const EXACT: Readonly<Record<string, IconName>> = {
    "application/pdf": "file-pdf",
    "application/msword": "file-document",
    "application/rtf": "file-document",
    "application/vnd.ms-excel": "file-spreadsheet",
    "application/vnd.ms-powerpoint": "file-document",
    "text/csv": "file-spreadsheet",
    "application/json": "code",
    "text/html": "code",
    "text/xml": "code",
    "application/zip": "file-archive",
    "application/x-rar-compressed": "file-archive",
    "application/vnd.rar": "file-archive",
    "application/x-7z-compressed": "file-archive",
    "application/gzip": "file-archive",
    "application/x-tar": "file-archive",
};

const BY_FAMILY: readonly (readonly [string, IconName])[] = [
    [`${OFFICE}.spreadsheetml`, "file-spreadsheet"],
    [OFFICE, "file-document"],
    [`${OPEN}.spreadsheet`, "file-spreadsheet"],
    [OPEN, "file-document"],
    ["image/", "image"],
    ["audio/", "file-audio"],
    ["video/", "file-video"],
    ["text/", "file-document"],
];
