import type { Data } from "../types.js";

const KINDS = ["companies", "users", "objects"] as const;

/** The data as a file's text: what an import takes. */
export function exported(data: Data): string {
    return `${JSON.stringify(data, null, 4)}\n`;
}

/** What is in a file that somebody chose. The backend looks closer; here it is made sure that it is such a file at all. */
export function imported(text: string): Data {
    let parsed: unknown;
    try {
        parsed = JSON.parse(text);
    } catch {
        throw new Error("not JSON");
    }
    const missing = KINDS.find((kind) => !Array.isArray((parsed as Partial<Data> | null)?.[kind]));
    if (missing) throw new Error(`no list «${missing}»`);
    const { companies, users, objects } = parsed as Data;
    return { companies, users, objects };
}

export function download(name: string, text: string): void {
    const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    const link = Object.assign(document.createElement("a"), { href: url, download: name });
    link.click();
    URL.revokeObjectURL(url);
}
