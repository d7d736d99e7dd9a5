import type { MTChatConfig, ScopeConfig } from "@parts/chat/config.js";

/** What a host page is told: by `window.__mtchat` before its script runs, or as JSON in the address after `#`. */
export interface HostSettings {
    wrapper: "vue" | "primevue" | "element";
    baseUrl: string;
    wsUrl?: string;
    userId: string;
    token?: string;
    /** Answers a POST with a token as text; asked whenever one is needed. */
    tokenUrl?: string;
    displayName?: string;
    company?: string;
    email?: string;
    phone?: string;
    scopes?: ScopeConfig;
    locale?: string;
    /** Further fields of the configuration. */
    config?: Partial<MTChatConfig>;
    /** Props of `<MTChat>` as they are: `mode`, `objectType`, `theme`, `showTabs` … */
    props?: Record<string, unknown>;
    /** Fill the slots with something to see. */
    slots?: boolean;
}

const KNOWN = new Set(["wrapper", "baseUrl", "wsUrl", "userId", "token", "tokenUrl", "displayName", "company", "email", "phone", "scopes", "locale", "config", "props", "slots"]);

/** What the page is told, with defaults. Names that are none of ours are props: `#{"mode":"inline"}`. */
export function readSettings(): HostSettings {
    const said = { ...window.__mtchat, ...fromAddress() } as Record<string, unknown>;
    const props = Object.fromEntries(Object.entries(said).filter(([name]) => !KNOWN.has(name)));
    return { wrapper: "vue", baseUrl: location.origin, userId: "", ...said, props: { ...props, ...(said.props as object | undefined) } } as HostSettings;
}

/** The configuration that settings mean. */
export function configOf(settings: HostSettings): MTChatConfig {
    const { baseUrl, wsUrl, userId, token, tokenUrl, displayName, company, email, phone, scopes, locale, config } = settings;
    return {
        baseUrl,
        userId,
        scopeConfig: scopes ?? {},
        userProfile: { displayName: displayName ?? userId, company: company ?? "", email, phone },
        token,
        wsUrl,
        locale,
        ...(tokenUrl && { getToken: () => fetchToken(tokenUrl) }),
        ...config,
    };
}

function fromAddress(): Record<string, unknown> {
    const text = decodeURIComponent(location.hash.slice(1));
    if (text === "") return {};
    if (text.startsWith("{")) return JSON.parse(text) as Record<string, unknown>;
    return Object.fromEntries(new URLSearchParams(text));
}

async function fetchToken(url: string): Promise<string | null> {
    const answer = await fetch(url, { method: "POST" });
    return answer.ok ? (await answer.text()).trim() : null;
}
