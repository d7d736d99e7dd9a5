import { ClientError, asError } from "../errors.js";

/** Where the program of the core may come from. */
export type WasmSource = string | URL | Response | BufferSource | WebAssembly.Module;

/** The smallest program that there is. */
const NOTHING = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

let inline: Promise<WebAssembly.Module> | null = null;

/** The program of the core, compiled; once for all clients where it comes out of the package. */
export async function compileCore(source: WasmSource | undefined, load: typeof fetch): Promise<WebAssembly.Module> {
    if (typeof WebAssembly === "undefined") {
        throw new ClientError("wasm_missing", "there is no WebAssembly here, which the core of MTChat is made of");
    }
    try {
        if (source !== undefined) return await compileFrom(source, load);
        inline ??= unpacked().then((program) => WebAssembly.compile(program));
        return await inline;
    } catch (thrown) {
        inline = null;
        const cause = asError(thrown);
        if (isForbidden()) {
            const needed = "the Content-Security-Policy of this page forbids WebAssembly: its script-src needs 'wasm-unsafe-eval'";
            throw new ClientError("wasm_forbidden", needed, { cause });
        }
        throw unavailable(cause);
    }
}

/** What wasm-bindgen wrote around the program: as late as that, and beside it. */
export async function loadGlue(): Promise<() => unknown> {
    try {
        return (await import("../generated/glue.js")).makeGlue;
    } catch (thrown) {
        throw unavailable(asError(thrown));
    }
}

function unavailable(cause: Error): ClientError {
    return new ClientError("wasm_unavailable", `the core of MTChat could not be loaded: ${cause.message}`, { cause });
}

async function compileFrom(source: WasmSource, load: typeof fetch): Promise<WebAssembly.Module> {
    if (source instanceof WebAssembly.Module) return source;
    if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return WebAssembly.compile(source);
    const answer = typeof source === "string" || source instanceof URL ? await load(source) : source;
    if (!answer.ok) throw new Error(`${answer.url} was answered by ${answer.status}`);
    // Not compiled while it streams: that asks for a Content-Type which many servers do not give.
    return WebAssembly.compile(await answer.arrayBuffer());
}

async function unpacked(): Promise<ArrayBuffer> {
    const { default: text } = await import("../generated/wasm-inline.js");
    const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
}

/** Whether this page may compile nothing at all. Browsers do not agree on how they say so, so it is tried. */
function isForbidden(): boolean {
    try {
        new WebAssembly.Module(NOTHING);
        return false;
    } catch {
        return true;
    }
}
