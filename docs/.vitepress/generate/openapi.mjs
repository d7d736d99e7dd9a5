// A page for each operation of the HTTP API, out of `docs/openapi.json`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { docs } from "../site.mjs";
import { slugify } from "../markdown/anchors.mjs";
import { cell, code, fieldsTable, prose, reader, slug, table, typeCell } from "./schema.mjs";

export const FOLDER = "reference/api";
const METHODS = ["get", "post", "put", "patch", "delete"];
/** Hosts come first, then their users. */
const ORDER = ["Management: dialogs", "Management: participants", "Management: users", "Management: webhooks"];

const IDENTITY = {
    host: "a [token of the Management API](../../api.md#hosts-admin-token)",
    user: "a [JWT of a user](../../api.md#users-jwt)",
};

const description = JSON.parse(readFileSync(join(docs, "openapi.json"), "utf8"));
const schemas = reader(description.components.schemas);

/** All operations, by group, as they stand in the description. */
export function groups() {
    const all = Object.entries(description.paths).flatMap(([path, methods]) =>
        METHODS.filter((method) => methods[method]).map((method) => ({ path, method, ...methods[method] })),
    );
    const found = new Map([...ORDER, ...all.flatMap(({ tags }) => tags)].map((tag) => [tag, []]));
    const places = placesInProse();
    for (const one of all) found.get(one.tags[0]).push({ ...one, title: titleOf(one, places), place: placeOf(one, places), page: `${FOLDER}/${slug(one.operationId)}.md` });
    return [...found].filter(([, operations]) => operations.length > 0).map(([name, operations]) => ({ name, operations }));
}

/** As the words call it, when they have a heading for it alone; else by its name: `replayWebhook` → «Replay webhook». */
function titleOf(operation, places) {
    const place = placeOf(operation, places);
    const isShared = [...places.values()].filter(({ anchor }) => anchor === place?.anchor).length > 1;
    const words = place === undefined || isShared ? slug(operation.operationId).replaceAll("-", " ") : place.words;
    return words[0].toUpperCase() + words.slice(1);
}

const placeOf = ({ method, path }, places) => places.get(`${method} ${path.replace(/\{[^}]*\}/gu, "{}")}`);

/** Pages by name. */
export function pages() {
    const found = new Map([[`${FOLDER}/index.md`, indexPage()]]);
    for (const { operations } of groups()) for (const one of operations) found.set(one.page, operationPage(one));
    return found;
}

function indexPage() {
    const parts = groups().map(({ name, operations }) => {
        const rows = operations.map(({ method, path, title, page }) => [`\`${method.toUpperCase()}\``, `\`${path}\``, `[${cell(title)}](./${page.slice(FOLDER.length + 1)})`]);
        return `## ${name}\n\n${table(["method", "path", "what"], rows)}`;
    });
    const intro = `${prose(description.info.description)}\n\nMade from [openapi.json](../../openapi.json), which is made from the handlers. In words, with the rules that hold for all of it: [the HTTP API](../../api.md).`;
    return `---\noutline: 2\neditLink: false\n---\n\n# Operations of the HTTP API\n\n${intro}\n\n${parts.join("\n")}`;
}

function operationPage(operation) {
    const { method, path, title, summary, place } = operation;
    const about = [summary.replace(/\.$/u, "") === title ? "" : prose(summary), operation.description && prose(operation.description), identityOf(operation)].filter(Boolean);
    if (place !== undefined) about.push(`In words: [${place.words}](../../api.md#${place.anchor}).`);
    const parts = [
        `---\neditLink: false\noutline: 2\n---\n\n# ${prose(title)}\n`,
        `<div class="operation" v-pre><span class="operation__method operation__method--${method}">${method.toUpperCase()}</span> <code>${path}</code></div>\n`,
        `${about.join("\n\n")}\n`,
        parametersPart(operation),
        bodyPart(operation),
        answersPart(operation),
        `## Example\n\n${code("sh", curlOf(operation))}`,
        errorsPart(operation),
        listsPart(operation),
    ];
    return parts.filter(Boolean).join("\n");
}

function identityOf({ security }) {
    const ways = security.flatMap((one) => Object.keys(one)).map((name) => IDENTITY[name]);
    const isOpen = security.some((one) => Object.keys(one).length === 0);
    if (ways.length === 0) return "Asks for no identity.";
    return `Asks for ${ways.join(" or ")}${isOpen ? ", or for none" : ""}.`;
}

function parametersPart({ parameters = [] }) {
    const rows = parameters.map(({ name, in: place, required, schema, description: about = "" }) => [
        `\`${name}\``,
        place,
        typeCell(schemas.typeOf(schema), required),
        cell(about),
    ]);
    return rows.length === 0 ? "" : `## Parameters\n\n${table(["name", "in", "type", "meaning"], rows)}`;
}

function schemaOf(content) {
    const [type, { schema } = {}] = Object.entries(content ?? {})[0] ?? [];
    return { type, schema };
}

function bodyPart({ requestBody }) {
    if (requestBody === undefined) return "";
    const { type, schema } = schemaOf(requestBody.content);
    const about = schemas.plain(schema).description?.replace(/^Body of `[^`]*`[.:]?\s*/u, "");
    const example = code("json", JSON.stringify(schemas.exampleOf(schema, "", true), null, 2));
    return `## Body\n\n\`${type}\`${requestBody.required ? "" : ", may be left out"}. ${about ? prose(about) : ""}\n\n${fieldsTable(schemas.rowsOf(schema))}\n${example}`;
}

function successes({ responses }) {
    return Object.entries(responses).filter(([status]) => Number(status) < 400);
}

function answersPart(operation) {
    const parts = successes(operation).map(([status, { description: about, content, headers = {} }]) => {
        const { type, schema } = schemaOf(content);
        const says = Object.entries(headers).map(([name, header]) => [`\`${name}\``, cell(header.description ?? "")]);
        const head = `**${status}** ${prose(about)}${type ? ` (\`${type}\`)` : ", without a body"}.\n\n${table(["header", ""], says)}`;
        const rows = type?.endsWith("json") && schema ? schemas.rowsOf(schema) : [];
        if (rows.length === 0) return head;
        return `${head}\n${fieldsTable(rows)}\n${code("json", JSON.stringify(schemas.exampleOf(schema), null, 2))}`;
    });
    return `## Answer\n\n${parts.join("\n")}`;
}

function errorsPart({ responses }) {
    const rows = Object.entries(responses)
        .filter(([status]) => Number(status) >= 400)
        .map(([status, { description: about }]) => [`\`${status}\``, cell(about)]);
    if (rows.length === 0) return "";
    return `## Errors\n\n${table(["status", "when"], rows)}\nThe body is \`{"error":{"code","message"}}\`, see [error codes](../../api.md#error-codes).\n`;
}

function listsPart({ requestBody, responses, parameters = [] }) {
    const roots = [requestBody?.content, ...Object.values(responses).filter(({ description: about }) => about).map(({ content }) => content)];
    const found = new Map();
    for (const { schema } of [...parameters, ...roots.map(schemaOf)]) if (schema !== undefined) schemas.listsOf(schema, found);
    found.delete("ErrorCode");
    return [...found].map(([name, { enum: values }]) => `## Values of ${slug(name)}\n\n${values.map((value) => `\`${value}\``).join(", ")}\n`).join("\n");
}

/** A command that does it. What is in capitals is the reader's. */
function curlOf({ method, path, parameters = [], requestBody, security }) {
    const name = (text) => `$${slug(text).replaceAll("-", "_").toUpperCase()}`;
    const place = path.replace(/\{([^}]*)\}/gu, (_, parameter) => name(parameter));
    const query = parameters.filter((one) => one.in === "query" && one.required).map((one) => `${one.name}=${name(one.name)}`);
    const lines = [`curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}"$URL${place}${query.length > 0 ? `?${query.join("&")}` : ""}"`];
    const identity = security.flatMap((one) => Object.keys(one))[0];
    if (identity !== undefined) lines.push(`-H "Authorization: Bearer ${identity === "host" ? "$ADMIN" : "$TOKEN"}"`);
    if (requestBody !== undefined) {
        const { type, schema } = schemaOf(requestBody.content);
        lines.push(`-H "Content-Type: ${type}"`, `-d '${JSON.stringify(schemas.exampleOf(schema, "", true)).replaceAll("'", "'\\''")}'`);
    }
    return lines.join(" \\\n  ");
}

/** Where `api.md` says it in words, by the table at its beginning: `post /api/v1/dialogs/{}/join` → the heading's words and anchor. */
function placesInProse() {
    const text = readFileSync(join(docs, "api.md"), "utf8");
    const found = new Map();
    for (const [, cells, words, anchor] of text.matchAll(/^\| (`[A-Z][^|]*) \| \[([^\]]+)\]\(#([^)]+)\) \|$/gmu)) {
        const names = [...cells.matchAll(/`([^`]+)`/gu)].map(([, name]) => name);
        const methods = names.filter((name) => /^[A-Z]+( |$)/u.test(name)).map((name) => name.split(" ")[0].toLowerCase());
        let last = names.find((name) => name.includes(" "))?.split(" ")[1];
        for (const name of names) {
            if (/^(\/|…)/u.test(name)) last = name.startsWith("…") ? last + name.slice(1) : last.replace(/\/[^/]+$/u, name);
            if (last === undefined || /^[A-Z]+$/u.test(name)) continue;
            for (const method of methods) found.set(`${method} ${last.replace(/\{[^}]*\}/gu, "{}")}`, { words, anchor });
        }
    }
    const headings = new Set([...text.matchAll(/^#+ (.+)$/gmu)].map(([, heading]) => slugify(heading)));
    for (const { anchor } of found.values()) if (!headings.has(anchor)) throw new Error(`api.md has no heading #${anchor}`);
    return found;
}
