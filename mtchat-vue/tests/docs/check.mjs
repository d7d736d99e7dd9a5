// The code in `docs/sdk` and in the packages' READMEs is true: every block of TypeScript and every component in it is compiled against the sources.
//   node tests/docs/check.mjs
import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = join(root, "../docs/sdk");
/** Where packages are found from, and nothing is kept. */
const place = join(root, "node_modules/.docs-check");

const BLOCK = /```(vue|ts)\n([\s\S]*?)```/gu;
/** Another program's, which brings its own globals. */
const FOREIGN = /defineNuxtConfig/u;

const files = [
    ...(await readdir(pages)).filter((name) => name.endsWith(".md")).map((name) => join(pages, name)),
    ...["vue", "primevue"].map((name) => join(root, "packages", name, "README.md")),
];
await rm(place, { recursive: true, force: true });
await mkdir(place, { recursive: true });
let count = 0;
for (const [index, file] of files.entries()) {
    const blocks = [...(await readFile(file, "utf8")).matchAll(BLOCK)].filter(([, , code]) => !FOREIGN.test(code));
    count += blocks.length;
    for (const [at, [, kind, code]] of blocks.entries()) {
        // What neither imports nor exports would be one program with all others.
        const whole = kind === "ts" ? `${code}\nexport {};\n` : code;
        await writeFile(join(place, `${basename(file, ".md")}-${index}-${at}.${kind}`), whole);
    }
}
const source = (path) => [join(root, "packages", path)];
const config = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: {
        noUnusedLocals: false,
        paths: {
            "@mtchat/vue": source("vue/src/styles/styled.ts"),
            "@mtchat/vue/unstyled": source("vue/src/index.ts"),
            "@mtchat/vue/locales/*": source("vue/src/i18n/locales/*/index.ts"),
            "@mtchat/vue/element": source("vue/src/element/index.ts"),
            "@mtchat/vue-primevue": source("primevue/src/index.ts"),
        },
    },
    include: ["./*.ts", "./*.vue"],
};
await writeFile(join(place, "tsconfig.json"), JSON.stringify(config));
const compiler = join(root, "node_modules/vue-tsc/bin/vue-tsc.js");
const { stdout, stderr, error } = spawnSync(process.execPath, [compiler, "--noEmit", "--pretty", "false", "-p", place], { encoding: "utf8", cwd: place });
await rm(place, { recursive: true, force: true });
if (error || stderr) throw error ?? new Error(stderr);
// What is wrong in the sources is their own check's.
const wrong = stdout.split("\n").filter((line) => /^[\w.-]+\.(?:ts|vue)\(|^error/u.test(line));
for (const line of wrong) console.error(line);
console.log(wrong.length === 0 ? `${count} blocks of code are true` : `not all of ${count} blocks of code are true`);
process.exitCode = wrong.length === 0 ? 0 : 1;
