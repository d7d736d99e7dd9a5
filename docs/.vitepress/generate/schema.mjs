// JSON schemas as tables and examples, for people.

/** How deep a table follows objects in objects. */
const DEPTH = 4;

const WORDS = {
    company: "Acme",
    content: "Hello, Bob",
    content_type: "image/png",
    display_name: "Alice",
    email: "alice@acme.example",
    emoji: "👍",
    filename: "photo.png",
    message: "the dialog does not exist",
    name: "Amount",
    object_id: "1042",
    object_type: "order",
    object_url: "https://shop.example/orders/1042",
    phone: "+49 30 1234567",
    s3_key: "default/uploads/01a20a1f-f102-797c-9ef3-afb64877768d",
    sender_name: "Alice",
    snippet: "Hello, <mark>Bob</mark>",
    text: "Your order has left the warehouse",
    title: "Order 1042",
    upload_id: "2~Zk3Q",
    user_id: "alice",
    sender_id: "alice",
    created_by: "alice",
    url: "https://shop.example/webhooks",
    value: "7 EUR",
    app: "default",
    scope_level0: "acme",
    scope_level1: "sales",
    scope_level2: "orders.read",
    message_type: "user",
    size: 48211,
    width: 800,
    height: 600,
    thumbnail_url: "https://chat.example/api/v1/attachments/…/thumbnail?link=…",
    upload_url: "https://files.example/…",
    event: "message.new",
    link: "https://shop.example/orders/1042",
};
const ID = "01a20a1f-ee0f-7008-823d-230590467601";
const MOMENT = "2026-11-23T20:36:34.447818Z";

/** Reads the schemas of one description. */
export function reader(schemas) {
    const nameOf = (schema) => schema.$ref?.split("/").at(-1);

    /** What a reference stands for; its own description goes before that of what it names. */
    function resolve(schema) {
        const name = nameOf(schema);
        if (name === undefined) return schema;
        if (schemas[name] === undefined) throw new Error(`there is no schema ${name}`);
        return { ...resolve(schemas[name]), name, ...(schema.description ? { description: schema.description } : {}) };
    }

    /** One schema of what it says by parts: without «or null», with everything of «all of». */
    function plain(given) {
        let schema = resolve(given);
        const ways = schema.oneOf ?? schema.anyOf;
        if (ways !== undefined) {
            const rest = ways.filter((one) => resolve(one).type !== "null");
            if (rest.length < ways.length && rest.length === 1) {
                const inner = plain(rest[0]);
                return { ...inner, description: schema.description ?? inner.description, isNullable: true };
            }
        }
        if (Array.isArray(schema.type)) {
            const types = schema.type.filter((one) => one !== "null");
            schema = { ...schema, type: types[0], isNullable: types.length < schema.type.length };
        }
        if (schema.allOf !== undefined) {
            const parts = schema.allOf.map(plain);
            const properties = Object.assign({}, ...parts.map((part) => part.properties ?? {}));
            return { ...schema, allOf: undefined, type: "object", properties, required: parts.flatMap((part) => part.required ?? []) };
        }
        return schema;
    }

    /** What a value is, in a few words of Markdown. */
    function typeOf(given) {
        const schema = plain(given);
        return `${kindOf(schema)}${schema.isNullable ? " or `null`" : ""}`;
    }

    function kindOf(schema) {
        if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
        if (schema.enum !== undefined) {
            const values = schema.enum.map((value) => `\`${value}\``);
            return values.length > 8 ? `one of ${values.length} values, see [all](#values-of-${slug(schema.name)})` : values.join(", ");
        }
        const ways = schema.oneOf ?? schema.anyOf;
        if (ways !== undefined) return ways.map(typeOf).join(", or ");
        if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
        if (schema.type === "object") return "object";
        if (schema.type === "string") return { uuid: "UUID", "date-time": "time", uri: "address" }[schema.format] ?? `text${lengthOf(schema)}`;
        if (schema.type === "integer") return `whole number${schema.minimum ? ` from ${schema.minimum}` : ""}`;
        return schema.type ?? "any JSON";
    }

    /** Rows of a table: every field of an object, those of objects in it below it. */
    function rowsOf(given, prefix = "", depth = 0, seen = []) {
        const schema = plain(given);
        if (schema.type === "array") return rowsOf(schema.items ?? {}, `${prefix}[]`, depth, seen);
        const way = (schema.oneOf ?? schema.anyOf)?.map(plain).find((one) => one.properties !== undefined);
        const properties = schema.properties ?? way?.properties ?? {};
        const required = schema.required ?? way?.required ?? [];
        return Object.entries(properties).flatMap(([name, inner]) => {
            const field = plain(inner);
            const path = prefix === "" ? name : `${prefix}.${name}`;
            const row = { path, type: typeOf(inner), isRequired: required.includes(name), description: field.description ?? "" };
            const key = (field.items === undefined ? field : plain(field.items)).name;
            if (depth >= DEPTH || (key !== undefined && seen.includes(key))) return [row];
            return [row, ...rowsOf(inner, path, depth + 1, key === undefined ? seen : [...seen, key])];
        });
    }

    /** A value as it might be. `isRequest`: without what is only good beside something else. */
    function exampleOf(given, name = "", isRequest = false) {
        const schema = plain(given);
        if (schema.const !== undefined) return schema.const;
        if (schema.enum !== undefined) return schema.enum.find((value) => value === WORDS[name]) ?? schema.enum[0];
        const ways = schema.oneOf ?? schema.anyOf;
        if (ways !== undefined) return exampleOf(ways.find((one) => plain(one).type === "object") ?? ways[0], name, isRequest);
        if (schema.type === "array") return [exampleOf(schema.items ?? {}, name.replace(/s$/u, ""), isRequest)];
        if (schema.type === "object") return objectOf(schema, isRequest);
        if (schema.type === "boolean") return name === "with_data" || name === "enabled" || name === "all";
        if (schema.type === "integer") return typeof WORDS[name] === "number" ? WORDS[name] : Math.max(schema.minimum ?? 0, 1);
        if (schema.type === "number") return 0.5;
        if (schema.type !== "string") return {};
        if (schema.format === "uuid") return ID;
        if (schema.format === "date-time") return MOMENT;
        return WORDS[name] ?? "…";
    }

    function objectOf(schema, isRequest) {
        const exclusive = /\bone of both\b|\ba text or a card\b|\bOf `card` and `text` just one\b/u.test(schema.description ?? "");
        // In requests: another spelling of a field beside it, and what is better made by the server.
        const all = Object.entries(schema.properties ?? {}).filter(([name]) => !isRequest || !["secret", "tenant_uid", "joined_as"].includes(name));
        const fields = isRequest && exclusive ? all.slice(-1) : all;
        return Object.fromEntries(fields.map(([name, inner]) => [name, exampleOf(inner, name, isRequest)]));
    }

    /** Long lists of values that the rows of a table name. */
    function listsOf(given, seen = new Map()) {
        const schema = plain(given);
        if (schema.enum?.length > 8) seen.set(schema.name, schema);
        const inner = [...Object.values(schema.properties ?? {}), ...(schema.oneOf ?? schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
        for (const one of inner) listsOf(one, seen);
        return seen;
    }

    return { plain, typeOf, rowsOf, exampleOf, listsOf };
}

function lengthOf({ minLength = 0, maxLength }) {
    if (maxLength === undefined) return minLength > 0 ? ", not empty" : "";
    return minLength > 0 ? `, ${minLength} to ${maxLength} characters` : `, up to ${maxLength} characters`;
}

/** `DialogId` → `dialog-id`, `sendMessage` → `send-message`. */
export function slug(name = "") {
    return name.replace(/([a-z\d])([A-Z])/gu, "$1-$2").replaceAll("_", "-").toLowerCase();
}

/** Text of a description in Markdown in which nothing is a tag, a column or an expression of Vue. */
export function prose(text) {
    return text
        .split(/(`[^`]*`)/u)
        .map((part, index) => (index % 2 === 1 ? part : part.replaceAll("<", "&lt;").replaceAll("{{", "&#123;&#123;")))
        .join("");
}

/** The same in a cell of a table. */
export function cell(text) {
    return prose(text).replaceAll("|", "\\|").replace(/\s*\n\s*/gu, " ");
}

/** A table in Markdown; nothing when it has no rows. */
export function table(head, rows) {
    if (rows.length === 0) return "";
    const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
    return `${lines.join("\n")}\n`;
}

/** The fields of a schema as a table. */
export function fieldsTable(rows) {
    return table(
        ["field", "type", "meaning"],
        rows.map(({ path, type, isRequired, description }) => [`\`${path}\``, typeCell(type, isRequired), cell(description)]),
    );
}

/** A type, and whether it has to be there. */
export function typeCell(type, isRequired) {
    return `${cell(type)}${isRequired ? ", **required**" : ""}`;
}

export function code(language, text) {
    return `\`\`\`${language}\n${text}\n\`\`\`\n`;
}
