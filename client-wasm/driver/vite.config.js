import { defineConfig } from "vite";

// The program of the core is a chunk of its own that is loaded when somebody connects; so a page that imports the package has
// paid for nothing yet.
export default defineConfig({
    build: {
        target: "es2022",
        outDir: "dist",
        // The types are there already.
        emptyOutDir: false,
        // Whoever builds an application minifies it; a stack trace of the package should say something.
        minify: false,
        sourcemap: false,
        lib: {
            entry: { index: "src/index.ts", node: "src/node.ts" },
            formats: ["es"],
        },
        rollupOptions: {
            external: ["ws"],
            output: {
                entryFileNames: "[name].js",
                chunkFileNames: "chunks/[name].js",
            },
        },
    },
});
