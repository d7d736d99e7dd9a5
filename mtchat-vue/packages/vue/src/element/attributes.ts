import type { MTChatConfig, ScopeConfig } from "../chat/config.js";

/** How the text of an attribute becomes a value. */
type Parse = (text: string) => unknown;

const text: Parse = (value) => value;
/** As in HTML an attribute that is there is on; `"false"` turns off what is on by itself. */
const flag: Parse = (value) => value !== "false";
const json: Parse = (value) => JSON.parse(value) as unknown;

/** Attributes that are props of `<MTChat>`. */
const PROPS: Readonly<Record<string, readonly [prop: string, parse: Parse]>> = {
    mode: ["mode", text],
    token: ["token", text],
    theme: ["theme", text],
    "object-id": ["objectId", text],
    "object-type": ["objectType", text],
    "dialog-id": ["dialogId", text],
    "search-placeholder": ["searchPlaceholder", text],
    "show-header": ["showHeader", flag],
    "show-sidebar": ["showSidebar", flag],
    "show-tabs": ["showTabs", flag],
    "show-search": ["showSearch", flag],
    "show-context-menu": ["showContextMenu", flag],
    "intercept-object-navigation": ["interceptObjectNavigation", flag],
};

/** Attributes that are fields of the configuration. */
const CONFIG: Readonly<Record<string, readonly [field: string, parse: Parse]>> = {
    "base-url": ["baseUrl", text],
    "ws-url": ["wsUrl", text],
    "user-id": ["userId", text],
    locale: ["locale", text],
    scopes: ["scopeConfig", json],
};

/** Attributes that say who the user is for others. */
const PROFILE: Readonly<Record<string, string>> = { "display-name": "displayName", company: "company", email: "email", phone: "phone" };

/** All that `<mt-chat>` listens to. */
export const ATTRIBUTES: readonly string[] = [...Object.keys(PROPS), ...Object.keys(CONFIG), ...Object.keys(PROFILE)];

/** Props that are also properties of the element, by name; `config` and others can not be attributes. */
export const PROPERTIES: readonly string[] = [...Object.values(PROPS).map(([prop]) => prop), "config", "messages", "registry"];

/**
 * What `<MTChat>` gets from the attributes and properties of an element; properties win over attributes of the same name, attributes over
 * fields of the property `config`. `null`: it is not known yet which server and user.
 */
export function propsOf(attribute: (name: string) => string | null, properties: Readonly<Record<string, unknown>>): Record<string, unknown> | null {
    const config = { ...(properties.config as Partial<MTChatConfig> | undefined), ...parsed(CONFIG, attribute) } as Partial<MTChatConfig>;
    if (!config.baseUrl || !config.userId) return null;
    const profile = Object.entries(PROFILE).flatMap(([name, field]) => entry(field, attribute(name)));
    config.userProfile = { displayName: config.userId, company: "", ...config.userProfile, ...Object.fromEntries(profile) };
    config.scopeConfig ??= {} satisfies ScopeConfig;
    const set = Object.entries(properties).filter(([, value]) => value !== undefined);
    return { ...parsed(PROPS, attribute), ...Object.fromEntries(set), config };
}

function parsed(table: Readonly<Record<string, readonly [string, Parse]>>, attribute: (name: string) => string | null): Record<string, unknown> {
    const found = Object.entries(table).flatMap(([name, [field, parse]]) => {
        const value = attribute(name);
        return value === null ? [] : entry(field, understood(name, value, parse));
    });
    return Object.fromEntries(found);
}

/** A value that can not be understood counts as absent: half a chat is better than none. */
function understood(name: string, value: string, parse: Parse): unknown {
    try {
        return parse(value);
    } catch {
        console.error(`<mt-chat>: the attribute ${name} can not be understood`);
        return null;
    }
}

const entry = (field: string, value: unknown): [string, unknown][] => (value === null ? [] : [[field, value]]);
