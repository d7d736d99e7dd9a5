import type { ScopeConfig } from "@mtchat/vue";

const levels: ScopeConfig = { scopeLevel0: ["northwind"], scopeLevel1: ["logistics"], scopeLevel2: [] };
const snake: ScopeConfig = { scope_level0: ["northwind"] };
const tenant: ScopeConfig = { tenant_uid: "northwind" };

export {};
