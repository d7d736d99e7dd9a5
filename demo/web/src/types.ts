export interface Company {
    id: string;
    name: string;
    kind: string;
    city: string;
}

export interface User {
    id: string;
    name: string;
    company: string;
    departments: string[];
    permissions: string[];
    email: string;
    phone: string;
    language: string;
}

export interface BusinessObject {
    type: "order" | "tender";
    id: string;
    title: string;
    status: string;
    from: string;
    to: string;
    cargo: string;
    weight: string;
    price: string;
    date: string;
    company: string;
    manager: string;
    description: string;
}

export interface Data {
    companies: Company[];
    users: User[];
    objects: BusinessObject[];
}

export interface Settings {
    apiUrl: string;
    defaultApiUrl: string;
    adminToken: string;
    jwtSecret: string;
    jwtEnabled: boolean;
    isOverridden: boolean;
    endpoint: { id?: string; problem?: string };
}

export interface ScopeRule {
    scope_level0: string[];
    scope_level1: string[];
    scope_level2: string[];
}

export interface ManagedDialog {
    id: string;
    object_id: string;
    object_type: string;
    title: string | null;
    object_url: string | null;
    created_at: string;
    frozen?: boolean;
    participants?: { user_id: string; display_name: string | null; company: string | null }[];
    access_scopes?: ScopeRule[];
}

export interface WebhookEvent {
    id: string;
    event: string;
    timestamp: string;
    received_at: string;
    replayed?: boolean;
    payload: Record<string, any>;
}

export interface WebhookEndpoint {
    id: string;
    url: string;
    description: string;
    state: string;
    disabled_reason: string | null;
    position: { behind: number };
    pending: number;
    dead_letters: number;
    replaying: boolean;
}
