import { ATTACHMENT_LIMITS } from "../generated/core.js";

/** What is declared of a file of which nothing is known. */
const UNDETECTED = "application/octet-stream";

/** Whether files of this type are accepted, whatever its case and parameters. One whose type nobody knows, `""`, is. */
export function isAllowedFileType(type: string): boolean {
    const essence = type.trim() === "" ? UNDETECTED : type.split(";", 1)[0]!.trim().toLowerCase();
    return (ATTACHMENT_LIMITS.types as readonly string[]).includes(essence);
}

/** Whether a file of so many bytes is accepted. A server may allow less, and says so when it is asked. */
export function isValidFileSize(bytes: number): boolean {
    return bytes >= 0 && bytes <= ATTACHMENT_LIMITS.maxBytes;
}
