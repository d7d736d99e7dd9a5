import { computed, readonly, ref } from "vue";
import { companyOf, data } from "./data.js";
import type { User } from "../types.js";

const KEY = "mtchat-demo.user";

// Of this window alone: two windows side by side are two people.
const id = ref<string | null>(read());

/** Who this window is; `null`: nobody has been chosen, or they are not in the data any more. */
export const me = computed<User | null>(() => data.value.users.find((user) => user.id === id.value) ?? null);
export const myId = readonly(id);

export function become(user: string | null): void {
    id.value = user;
    try {
        if (user === null) sessionStorage.removeItem(KEY);
        else sessionStorage.setItem(KEY, user);
    } catch {
        // The choice holds until the page is loaded anew.
    }
}

export function takeUserFrom(query: unknown): void {
    const user = Array.isArray(query) ? query[0] : query;
    if (typeof user === "string" && user) become(user);
}

/** Somebody with whom a second window is worth opening: of another company, if there is one. */
export const somebodyElse = computed<User | null>(() => {
    const others = data.value.users.filter((user) => user.id !== id.value);
    const partners: Record<string, string> = { anna: "emma", emma: "anna", ivan: "anna", liwei: "zhangmin", zhangmin: "liwei" };
    return others.find((user) => user.id === partners[id.value ?? ""]) ?? others.find((user) => user.company !== me.value?.company) ?? others[0] ?? null;
});

export function openSecondWindow(user: User): void {
    const width = Math.max(420, Math.round(screen.availWidth / 2));
    window.open(`/chat?as=${encodeURIComponent(user.id)}`, `mtchat-demo-${user.id}`, `width=${width},height=${screen.availHeight},left=${screen.availWidth - width},top=0`);
}

export const userLabel = (user: User): string => `${user.name} · ${companyOf(user)}`;

function read(): string | null {
    try {
        return sessionStorage.getItem(KEY);
    } catch {
        return null;
    }
}
