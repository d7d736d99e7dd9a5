import type { ScopeConfig } from "./config.js";

/** Scopes as the server reads them. */
export interface ScopeLevels {
    readonly scope_level0: readonly string[];
    readonly scope_level1: readonly string[];
    readonly scope_level2: readonly string[];
}

/** The levels, in whichever spelling they are said. Those that are missing are empty. */
export function scopeLevels(scopes: ScopeConfig | undefined): ScopeLevels {
    const { tenant_uid, tenantUid, ...levels } = scopes ?? {};
    const tenant = tenant_uid ?? tenantUid;
    return {
        scope_level0: levels.scopeLevel0 ?? levels.scope_level0 ?? (tenant === undefined ? [] : [tenant]),
        scope_level1: levels.scopeLevel1 ?? levels.scope_level1 ?? [],
        scope_level2: levels.scopeLevel2 ?? levels.scope_level2 ?? [],
    };
}

/** The value of `X-Scope-Config`: base64 of the JSON as UTF-8, so that scopes may have any letters. */
export function encodeScopes(scopes: ScopeConfig | undefined): string {
    const bytes = new TextEncoder().encode(JSON.stringify(scopeLevels(scopes)));
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
