import assert from "node:assert/strict";
import { test } from "node:test";
import { compileCore } from "../../.build/core/source.js";

test("it is told apart what WebAssembly is missing for", async (context) => {
    // Node's own parts take what they need of it before.
    await fetch("data:,");
    const own = globalThis.WebAssembly;
    context.after(() => (globalThis.WebAssembly = own));
    globalThis.WebAssembly = undefined;
    await assert.rejects(compileCore(undefined, fetch), { code: "wasm_missing" });
    const forbidden = () => {
        throw new own.CompileError("blocked by the policy");
    };
    class Module {
        constructor() {
            forbidden();
        }
    }
    globalThis.WebAssembly = { ...own, Module, compile: async () => forbidden() };
    await assert.rejects(compileCore(undefined, fetch), { code: "wasm_forbidden", message: /'wasm-unsafe-eval'/ });
});
