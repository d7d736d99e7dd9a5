import { ref, shallowRef } from "vue";
import type { WebhookEvent } from "../types.js";
import { load } from "./data.js";

const KEPT = 100;
const SHOWN_EVERY_MS = 100;

/** Webhooks as they come in at the backend, the newest first. */
export const webhooks = shallowRef<readonly WebhookEvent[]>([]);
export const isStreaming = ref(false);

type Listener = (event: WebhookEvent) => void;
const listeners = new Set<Listener>();
const changes = new Set<(what: string) => void>();

/** Hear of each webhook, until the function that comes back is called. */
export function onWebhook(listener: Listener): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
}

/** Hear of what was changed in the host, here or in another window: `data`, `settings`, `dialogs`, `webhooks`. */
export function onChange(listener: (what: string) => void): () => void {
    changes.add(listener);
    return () => void changes.delete(listener);
}

// A replay brings hundreds within a second: the list is shown anew a few times, not once for each.
let waiting: WebhookEvent[] = [];
function keep(event: WebhookEvent): void {
    waiting.unshift(event);
    if (waiting.length > 1) return;
    setTimeout(() => {
        webhooks.value = [...waiting, ...webhooks.value].slice(0, KEPT);
        waiting = [];
    }, SHOWN_EVERY_MS);
}

export function stream(): () => void {
    const source = new EventSource("/demo-api/events");
    source.onopen = () => {
        // What happened while nobody listened.
        if (!isStreaming.value) void load();
        isStreaming.value = true;
    };
    source.onerror = () => (isStreaming.value = false);
    source.addEventListener("webhook", (message) => {
        const event = JSON.parse(message.data) as WebhookEvent;
        keep(event);
        for (const listener of listeners) listener(event);
    });
    source.addEventListener("store", (message) => {
        const { changed } = JSON.parse(message.data) as { changed: string };
        if (changed === "data") void load();
        for (const listener of changes) listener(changed);
    });
    return () => source.close();
}
