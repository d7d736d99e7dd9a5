import type { Family, Story } from "./story.js";

const files = import.meta.glob<{ default: Family }>("../stories/*.stories.ts");

/** All families, by title. One that can not be loaded is told, and does not take the others with it. */
export async function loadFamilies(): Promise<readonly Family[]> {
    const loaded = await Promise.all(Object.entries(files).map(([path, load]) => load().then(familyOf, (error: unknown) => broken(path, error))));
    return loaded.filter((family) => family !== null).sort((a, b) => a.title.localeCompare(b.title));
}

/** The story of an id, if there is one. */
export function findStory(families: readonly Family[], id: string | null): Story | undefined {
    return families.flatMap(({ stories }) => stories).find((story) => story.id === id);
}

const familyOf = (module: { default: Family }): Family => module.default;

function broken(path: string, error: unknown): null {
    console.error(`the stories of ${path} can not be loaded`, error);
    return null;
}
