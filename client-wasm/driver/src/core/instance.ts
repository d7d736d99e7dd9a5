import type { Core, MakeCore } from "./engine.js";
import { compileCore, loadGlue, type WasmSource } from "./source.js";

/** Cores of this program, each with a memory of its own. */
export function coresOf(source: WasmSource | undefined, load: typeof fetch): MakeCore {
    let program: Promise<[WebAssembly.Module, () => unknown]> | null = null;
    return async () => {
        // A response can be read once.
        program ??= Promise.all([compileCore(source, load), loadGlue()]);
        const [module, makeGlue] = await program.catch((thrown: unknown) => {
            program = null;
            throw thrown;
        });
        const { CoreClient, load: instantiate } = makeGlue() as Glue;
        await instantiate({ module_or_path: module });
        const [seed] = crypto.getRandomValues(new BigUint64Array(1));
        return new CoreClient(seed!);
    };
}

/** What wasm-bindgen writes around the core. */
interface Glue {
    CoreClient: new (seed: bigint) => Core;
    load(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
}
