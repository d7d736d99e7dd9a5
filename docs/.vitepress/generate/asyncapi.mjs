// A page for each kind of fact in the log, out of `nats/asyncapi.yaml`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repository } from "../site.mjs";
import { cell, code, fieldsTable, prose, reader, slug, table } from "./schema.mjs";

export const FOLDER = "reference/events";

const description = parse(readFileSync(join(repository, "nats/asyncapi.yaml"), "utf8"));
const schemas = reader(description.components.schemas);
const { facts, notices, noticeAnswers } = description.channels;

/** All kinds of facts, as they stand in the description. */
export function kinds() {
    return Object.keys(facts.messages).map((kind) => ({ kind, page: `${FOLDER}/${slug(kind)}.md`, ...description.components.messages[kind] }));
}

/** Pages by name. */
export function pages() {
    const found = new Map([
        [`${FOLDER}/index.md`, indexPage()],
        [`${FOLDER}/requests.md`, requestsPage()],
    ]);
    for (const one of kinds()) found.set(one.page, kindPage(one));
    return found;
}

function aboutOf({ payload }) {
    return schemas.plain(payload.properties.data).description?.replace(/^Data of `FactKind::\w+`[;:.]?\s*/u, "") ?? "";
}

function indexPage() {
    const rows = kinds().map((one) => [`[\`${one.kind}\`](./${one.page.slice(FOLDER.length + 1)})`, cell(aboutOf(one))]);
    const parameters = Object.entries(facts.parameters).map(([name, { description: about }]) => [`\`${name}\``, cell(about)]);
    const head = description.components.schemas.Head;
    return [
        "---\noutline: 2\neditLink: false\n---\n\n# Facts in the log\n",
        `${prose(description.info.description.replace(/\s*How to read it.*$/u, ""))}\n`,
        "How to read them, and to say something: [NATS for services of hosts](../../nats.md). Made from [asyncapi.yaml](../../../nats/asyncapi.yaml), which is made from the types.\n",
        `## Subjects\n\n${code("text", facts.address)}\n${prose(facts.description)}\n\n${table(["part", ""], parameters)}`,
        `## Kinds\n\n${table(["kind", "data"], rows)}`,
        `## Head\n\n${prose(head.description)}\n\n${fieldsTable(schemas.rowsOf(head))}`,
        `## Actor\n\n${prose(description.components.schemas.Actor.description)}\n\n${actors()}`,
    ].join("\n");
}

function actors() {
    const rows = description.components.schemas.Actor.oneOf.map((one) => [`\`${one.properties.type.enum[0]}\``, cell(one.description)]);
    return table(["`type`", "who"], rows);
}

function kindPage({ kind, headers, payload }) {
    const rows = Object.entries(payload.properties).map(([name, inner]) => ({
        path: name,
        type: { head: "[head](./index.md#head)", actor: "[actor](./index.md#actor)", data: "object, see below" }[name] ?? schemas.typeOf(inner),
        isRequired: payload.required.includes(name),
        description: schemas.plain(inner).description ?? "",
    }));
    const data = schemas.rowsOf(payload.properties.data);
    const example = { ...schemas.exampleOf(payload), head: headExample(), actor: { type: "user", id: "alice" } };
    const lists = [...schemas.listsOf(payload.properties.data)].map(([name, { enum: values }]) => `## Values of ${slug(name)}\n\n${values.map((one) => `\`${one}\``).join(", ")}\n`);
    return [
        `---\noutline: 2\neditLink: false\n---\n\n# ${kind}\n`,
        `${prose(aboutOf({ payload }))}\n`,
        code("text", facts.address.replace("{kind}", kind)),
        `## Data\n\n${data.length === 0 ? "It has none.\n" : fieldsTable(data)}`,
        `## Payload\n\n${fieldsTable(rows)}`,
        `## Headers\n\n${fieldsTable(schemas.rowsOf(headers))}`,
        `## Example\n\n${code("json", JSON.stringify(example, null, 2))}`,
        ...lists,
    ].join("\n");
}

function headExample() {
    const all = schemas.exampleOf(description.components.schemas.Head);
    delete all.deleted;
    return all;
}

function requestsPage() {
    const [[, request]] = Object.entries(notices.messages);
    const [[, answer]] = Object.entries(noticeAnswers.messages);
    return [
        "---\noutline: 2\neditLink: false\n---\n\n# Say something over NATS\n",
        `${prose(notices.description)} In words: [say something](../../nats.md#say-something).\n`,
        code("text", notices.address),
        `## Request\n\n${prose(request.payload.description)}\n\n${fieldsTable(schemas.rowsOf(request.payload))}`,
        `## Answer\n\n${prose(noticeAnswers.description)}\n\n${fieldsTable(schemas.rowsOf(answer.payload))}`,
        `## Headers of the answer\n\n${fieldsTable(schemas.rowsOf(answer.headers))}`,
    ].join("\n");
}
