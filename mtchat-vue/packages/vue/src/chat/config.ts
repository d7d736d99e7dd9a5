/** Which dialogs a user may join, as the host says it. Missing levels are empty. */
export interface ScopeConfig {
    scopeLevel0?: readonly string[];
    scopeLevel1?: readonly string[];
    scopeLevel2?: readonly string[];
    scope_level0?: readonly string[];
    scope_level1?: readonly string[];
    scope_level2?: readonly string[];
    /** The same as one value in level 0. */
    tenant_uid?: string;
    tenantUid?: string;
}

/** The languages that come with the package; a host may add others. */
export type Locale = "ru" | "en" | "zh" | (string & {});

/** Who the user is for others in a dialog. */
export interface UserProfile {
    displayName: string;
    company: string;
    email?: string;
    phone?: string;
}

/** What `<MTChat>` and `useChat` are told. An explicit `undefined` never overrides a default. */
export interface MTChatConfig {
    /** Where the server is: `https://chat.example`. */
    baseUrl: string;
    userId: string;
    scopeConfig: ScopeConfig;
    userProfile: UserProfile;
    /** A JWT of the user. Without it and without `getToken` requests name the user in the query, which a server takes in its insecure mode only. */
    token?: string;
    /** A fresh JWT whenever it is called. */
    getToken?: () => Promise<string | null>;
    /** By default `baseUrl` with `ws(s):` and `/api/v1/ws`. */
    wsUrl?: string;
    /** Come back when the connection is lost. Default `true`. */
    reconnect?: boolean;
    /** Milliseconds; the client begins there and backs off with jitter. Default 3000. */
    reconnectInterval?: number;
    /** Milliseconds between pings. Default 30000. */
    heartbeatInterval?: number;
    /** Default `ru`. */
    locale?: Locale;
    onConnect?: () => void;
    onDisconnect?: () => void;
    onError?: (error: Error) => void;
    onMessage?: (event: unknown) => void;
}

/** The same with its defaults. */
export interface ResolvedConfig extends MTChatConfig {
    reconnect: boolean;
    reconnectInterval: number;
    heartbeatInterval: number;
    locale: Locale;
    wsUrl: string;
}

/** What holds where nothing else is said (milliseconds). */
const DEFAULTS = { reconnect: true, reconnectInterval: 3_000, heartbeatInterval: 30_000, locale: "ru" };

/** A configuration with its defaults. What is `undefined` is as good as not said. */
export function resolveConfig(config: MTChatConfig): ResolvedConfig {
    const said = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as unknown as MTChatConfig;
    return { ...DEFAULTS, wsUrl: socketUrlOf(config.baseUrl), ...said };
}

/** Where the socket is by default: `http` becomes `ws`, `https` `wss`; a path alone stays one. */
export function socketUrlOf(baseUrl: string): string {
    return `${baseUrl.replace(/\/+$/, "").replace(/^http/i, "ws")}/api/v1/ws`;
}
