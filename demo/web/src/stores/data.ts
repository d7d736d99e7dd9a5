import { ref, shallowRef } from "vue";
import { ask } from "../api.js";
import type { BusinessObject, Company, Data, User } from "../types.js";

export type Kind = keyof Data;

/** What the host knows: companies, people, objects. Kept up to date by the stream of events. */
export const data = shallowRef<Data>({ companies: [], users: [], objects: [] });
export const isLoaded = ref(false);
export const loadProblem = ref("");

export async function load(): Promise<void> {
    try {
        data.value = (await ask<{ data: Data }>("GET", "/data")).data;
        isLoaded.value = true;
        loadProblem.value = "";
    } catch (failure) {
        loadProblem.value = (failure as Error).message;
    }
}

export async function save(kind: Kind, one: Company | User | BusinessObject): Promise<void> {
    await ask("PUT", `/data/${kind}`, one);
    await load();
}

export async function remove(kind: Kind, key: string): Promise<void> {
    await ask("DELETE", `/data/${kind}/${key.split("/").map(encodeURIComponent).join("/")}`);
    await load();
}

export const companyOf = (user: Pick<User, "company">): string => data.value.companies.find((company) => company.id === user.company)?.name ?? user.company;
export const personName = (id: string): string => data.value.users.find((user) => user.id === id)?.name ?? id;
export const keyOf = (object: Pick<BusinessObject, "type" | "id">): string => `${object.type}/${object.id}`;
