// Sidebars. What stands in a folder is read from there, so that a new page is in the sidebar as soon as it is written.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as asyncapi from "../generate/asyncapi.mjs";
import * as openapi from "../generate/openapi.mjs";
import { docs, pageOf, titleOf } from "../site.mjs";
import { words } from "./words.mjs";

const GUIDES = ["embed", "access", "webhooks", "nats", "notifications", "files", "bots", "migration"];
const SDK = [
    "README",
    "start",
    "configuration",
    "modes",
    "events-and-slots",
    "theming",
    "languages",
    "primevue",
    "web-component",
    "headless",
    "files",
    "accessibility",
    "ssr-and-csp",
    "migration",
    "troubleshooting",
];

const addressOf = (page) => `/${page.replace(/(^|\/)index\.md$/u, "$1").replace(/\.md$/u, ".html")}`;
const entry = (source, text) => ({ text: text ?? titleOf(source), link: addressOf(pageOf(source)) });

/** Documents of a folder, in the order that is given, the others behind them. */
function folder(name, first = []) {
    const place = join(docs, name);
    if (!existsSync(place)) return [];
    const found = readdirSync(place).filter((one) => one.endsWith(".md") && one !== "index.md");
    const rank = (one) => (first.indexOf(one) + first.length + 1) % (first.length + 1);
    return found.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, "en")).map((one) => entry(`${name}/${one}`));
}

function sdk() {
    const found = folder("sdk", SDK.map((name) => `${name}.md`));
    return [{ ...found[0], text: "Overview" }, ...found.slice(1)];
}

function operations(groups) {
    const runbooks = folder("operations/runbooks", ["README.md"]);
    const deployment = [
        { text: "With compose", link: "/reference/compose.html" },
        { text: "With Helm", link: "/reference/helm.html" },
        { text: "The image", link: "/reference/image.html" },
    ];
    const items = [entry("operations.md"), ...deployment, ...folder("operations", ["README.md"])];
    return runbooks.length === 0 ? items : [...items, { text: groups.runbooks, collapsed: true, items: runbooks }];
}

/** The sidebar of every page that has none of its own. */
function main(locale) {
    const { groups } = words[locale];
    const own = locale === "root" ? "" : `${locale}/`;
    const start = ["quick-start", "concepts"].map((name) => entry(`${own}guide/${name}.md`));
    const reference = [
        entry("api.md"),
        { text: "Operations, one by one", link: `/${openapi.FOLDER}/` },
        entry("websocket.md"),
        entry("webhooks.md"),
        entry("nats.md"),
        { text: "Facts, one by one", link: `/${asyncapi.FOLDER}/` },
        { text: "@mtchat/client", link: "/reference/client.html" },
    ];
    const project = [
        { text: "Architecture", link: "/reference/architecture.html" },
        { text: "Streams and subjects", link: "/reference/streams.html" },
        entry("decisions/README.md"),
        entry("attacks.md"),
        { text: "Contributing", link: "/reference/contributing.html" },
        { text: "Changelog", link: "/reference/changelog.html" },
        { text: "All documents", link: "/contents.html" },
    ];
    const isFolded = locale !== "root";
    return [
        { text: groups.start, items: start },
        { text: groups.guides, collapsed: isFolded, items: GUIDES.map((name) => entry(`guide/${name}.md`)) },
        { text: groups.sdk, collapsed: true, items: sdk() },
        { text: groups.api, collapsed: isFolded, items: reference },
        { text: groups.protocol, collapsed: isFolded, items: [entry("guide/protocol.md"), entry("websocket.md"), { text: "Streams and subjects", link: "/reference/streams.html" }] },
        { text: groups.operations, collapsed: isFolded, items: operations(groups) },
        { text: groups.configuration, collapsed: isFolded, items: [entry("configuration.md")] },
        { text: groups.project, collapsed: true, items: project },
    ];
}

const back = (link, text) => ({ text, link });

function operationsOfTheApi() {
    const groups = openapi.groups().map(({ name, operations: all }) => ({
        text: name,
        collapsed: false,
        items: all.map(({ title, page }) => ({ text: title, link: addressOf(page) })),
    }));
    return [{ items: [back("/api.html", "← The HTTP API"), back(`/${openapi.FOLDER}/`, "All operations")] }, ...groups];
}

function factsOfTheLog() {
    const items = asyncapi.kinds().map(({ kind, page }) => ({ text: kind, link: addressOf(page) }));
    const top = [back("/nats.html", "← NATS for services"), back(`/${asyncapi.FOLDER}/`, "All facts"), back(`/${asyncapi.FOLDER}/requests.html`, "Requests")];
    return [{ items: top }, { text: "Kinds", items }];
}

function decisions() {
    const items = folder("decisions", ["README.md"]);
    return [{ items: [back("/reference/architecture.html", "← Architecture"), { ...items[0], text: "All decisions" }] }, { text: words.root.groups.decisions, items: items.slice(1) }];
}

/** Of one language; `root` has those that others do without. */
export function sidebarOf(locale) {
    if (locale !== "root") return { [`/${locale}/`]: main(locale) };
    return {
        [`/${openapi.FOLDER}/`]: operationsOfTheApi(),
        [`/${asyncapi.FOLDER}/`]: factsOfTheLog(),
        "/decisions/": decisions(),
        "/": main("root"),
    };
}

/** The bar at the top. */
export function navOf(locale) {
    const [start, guides, sdkName, reference, operationsName, decisionsName] = words[locale].nav;
    const own = locale === "root" ? "" : `/${locale}`;
    return [
        { text: start, link: `${own}/guide/quick-start`, activeMatch: "/guide/(quick-start|concepts)" },
        { text: guides, link: "/guide/embed", activeMatch: `/guide/(${GUIDES.join("|")})` },
        { text: sdkName, link: "/sdk/", activeMatch: "^/sdk/" },
        {
            text: reference,
            items: [
                { text: "HTTP API", link: "/api" },
                { text: "WebSocket", link: "/websocket" },
                { text: "Webhooks", link: "/webhooks" },
                { text: "NATS", link: "/nats" },
                { text: "Protocol", link: "/guide/protocol" },
                { text: "Configuration", link: "/configuration" },
            ],
        },
        { text: operationsName, link: "/operations", activeMatch: "^/operations" },
        { text: decisionsName, link: "/decisions/", activeMatch: "^/decisions/" },
    ];
}
