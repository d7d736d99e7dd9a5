import { computed, shallowRef } from "vue";
import { ask } from "../api.js";
import type { Settings } from "../types.js";

/** Where MTChat is, as the backend says it; of secrets only how they end. */
export const settings = shallowRef<Settings | null>(null);
/** Whether users have tokens. Without, MTChat must be in its insecure mode. */
export const isSigned = computed(() => settings.value?.jwtEnabled ?? true);

export async function loadSettings(): Promise<void> {
    settings.value = (await ask<{ data: Settings }>("GET", "/settings")).data;
}

export async function saveSettings(change: { apiUrl?: string; adminToken?: string; jwtSecret?: string; jwtEnabled?: boolean }): Promise<void> {
    settings.value = (await ask<{ data: Settings }>("PUT", "/settings", change)).data;
}

export async function forgetSettings(): Promise<void> {
    settings.value = (await ask<{ data: Settings }>("DELETE", "/settings")).data;
}
