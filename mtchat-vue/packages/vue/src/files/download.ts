/**
 * Save a file under its own name. What comes from another origin would be opened instead of saved, so its bytes are fetched first;
 * where that is forbidden, it is opened beside the page, which never goes away for it.
 */
export async function downloadFile(url: string, filename: string): Promise<void> {
    const blob = await bytesOf(url);
    if (!blob) return click(url, filename, "_blank");
    const address = URL.createObjectURL(blob);
    click(address, filename);
    // The browser reads it after the click.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

async function bytesOf(url: string): Promise<Blob | null> {
    try {
        const answer = await fetch(url, { credentials: "omit" });
        // As bytes, not as what it says it is: a page must never be opened on this origin.
        return answer.ok ? new Blob([await answer.arrayBuffer()], { type: "application/octet-stream" }) : null;
    } catch {
        return null;
    }
}

function click(href: string, filename: string, target?: string): void {
    const anchor = document.createElement("a");
    anchor.href = href;
    anchor.download = filename;
    anchor.rel = "noopener noreferrer";
    if (target) anchor.target = target;
    anchor.click();
}
