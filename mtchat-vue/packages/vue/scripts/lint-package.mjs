// What publint and «are the types wrong» say of built packages, by folder.
//   node lint-package.mjs [PACKAGE...]
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { checkPackage, Package } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

/** The packages are ES modules alone: `require` gets one in newer Nodes, and resolution of the time before `exports` finds the main entry only. */
const ACCEPTED = new Set(["CJSResolvesToESM"]);
const isAccepted = ({ kind, resolutionKind, entrypoint = "" }) =>
    ACCEPTED.has(kind) || (resolutionKind === "node10" && entrypoint !== ".") || /\.(css|js)$/.test(entrypoint);

/** A script for pages, which load it as one, whatever Node would take its name for. */
const isPageScript = ({ code, path = [] }) => code === "FILE_INVALID_FORMAT" && path.at(-1) === "./mtchat-vue.umd.js";

let failures = 0;
for (const folder of process.argv.length > 2 ? process.argv.slice(2) : ["."]) {
    const problems = [...(await published(resolve(folder))), ...(await typed(resolve(folder)))];
    failures += problems.length;
    console.log(`${problems.length === 0 ? "ok     " : "FAILED "} ${folder}`);
    for (const problem of problems) console.log(`  ${problem}`);
}
process.exit(failures === 0 ? 0 : 1);

async function published(pkgDir) {
    const { messages, pkg } = await publint({ pkgDir, strict: true });
    return messages.filter((message) => !isPageScript(message)).map((message) => formatMessage(message, pkg) ?? message.code);
}

async function typed(root) {
    const { stdout } = await promisify(execFile)("npm", ["pack", "--json", "--dry-run", "--ignore-scripts"], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
    const [{ name, version, files }] = JSON.parse(stdout);
    const read = async ({ path }) => [`/node_modules/${name}/${path}`, await readFile(join(root, path), "utf8")];
    const result = await checkPackage(new Package(Object.fromEntries(await Promise.all(files.map(read))), name, version));
    const problems = result.types === false ? [{ kind: "NoTypes" }] : result.problems;
    return problems.filter((problem) => !isAccepted(problem)).map(({ trace, ...problem }) => JSON.stringify(problem));
}
