/**
 * The files of what is pasted or dropped that are to be attached. Office programs and tables put a picture of the text beside the
 * text: then the text is meant.
 */
export function filesToAttach(data: DataTransfer | null): readonly File[] {
    if (data === null || data.files.length === 0) return [];
    return data.getData("text/plain").trim() === "" ? [...data.files] : [];
}

/** Whether files are dragged, as far as that may be known before they are dropped. */
export function hasFiles(data: DataTransfer | null): boolean {
    return data?.types.includes("Files") ?? false;
}
