// Dialogs and rows to test with.

export function dialog(id, last_message_at = "2026-01-01T00:00:00.000000Z", more = {}) {
    return { id, created_at: "2025-01-01T00:00:00.000000Z", last_message_at: last_message_at ?? undefined, ...more };
}

export function message(id, content = id) {
    return { message: { id, content, message_type: "user" } };
}

export function sending(id, state = "sending") {
    return { sending: { id, content: id, state } };
}

export function gap() {
    return { gap: { after: null, before: null } };
}
