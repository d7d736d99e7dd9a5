import type { SafeNode } from "../html/nodes.js";

/** What of a message is shown before one asks for all of it. */
export const SHOWN_CHARACTERS = 4_000;
export const SHOWN_LINES = 60;

/** What is shown, and whether something is missing. */
export interface Clipped {
    readonly nodes: readonly SafeNode[];
    readonly isClipped: boolean;
}

/** After these a new line begins. */
const LINES = new Set(["br", "p", "li", "blockquote", "pre"]);

/** The beginning of what somebody wrote: no message is so long that the page stops. */
export function clip(all: readonly SafeNode[], characters = SHOWN_CHARACTERS, lines = SHOWN_LINES): Clipped {
    let room = characters;
    let left = lines;
    let isClipped = false;

    const beginning = (nodes: readonly SafeNode[], isCode: boolean): readonly SafeNode[] => {
        const taken: SafeNode[] = [];
        for (const node of nodes) {
            if (isClipped) break;
            if (left <= 0 && !isBlank(node)) {
                isClipped = true;
                taken.push("…");
            } else if (typeof node === "string") {
                const end = endOf(node, isCode);
                isClipped = end < node.length;
                taken.push(isClipped ? `${node.slice(0, end)}…` : node);
            } else {
                taken.push({ ...node, children: beginning(node.children, isCode || node.tag === "pre") });
                if (LINES.has(node.tag)) left -= 1;
            }
        }
        return taken;
    };
    /** Where to stop within a text. */
    const endOf = (text: string, isCode: boolean): number => {
        let end = text.length;
        for (let at = isCode ? text.indexOf("\n") : -1; at >= 0 && end === text.length; at = text.indexOf("\n", at + 1)) {
            left -= 1;
            if (left <= 0) end = at + 1;
        }
        if (end > room) end = boundary(text, room);
        room -= end;
        return end;
    };

    const nodes = beginning(all, false);
    return isClipped ? { nodes, isClipped } : { nodes: all, isClipped };
}

function isBlank(node: SafeNode): boolean {
    return typeof node === "string" && node.trim() === "";
}

/** Never inside a pair of surrogates or a joined emoji if that can be helped. */
function boundary(text: string, to: number): number {
    let end = to;
    for (let back = 0; back < 30 && end > 0 && joins(text, end); back += 1) end -= 1;
    return end;
}

function joins(text: string, at: number): boolean {
    const code = text.charCodeAt(at);
    const before = text.charCodeAt(at - 1);
    return (code >= 0xdc00 && code <= 0xdfff) || code === 0x200d || before === 0x200d || code === 0xfe0f || (code >= 0x300 && code <= 0x36f);
}
