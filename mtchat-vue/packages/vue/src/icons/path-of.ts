import { shallowRef } from "vue";
import { onIdle } from "../lazy/idle.js";
import { FIRST_PATHS } from "./first-paths.js";

type Paths = Readonly<Record<string, string>>;

const later = shallowRef<Paths | null>(null);
let loading: Promise<void> | null = null;
const load = (): Promise<void> => {
    loading ??= import("./later-paths.js").then(
        ({ LATER_PATHS }) => void (later.value = LATER_PATHS),
        (error: unknown) => {
            loading = null;
            throw error;
        },
    );
    return loading;
};
onIdle(load);

/** The strokes of an icon; `undefined` until they are loaded. Its room is there before. */
export function pathOf(name: string): string | undefined {
    const known = (FIRST_PATHS as Paths)[name] ?? later.value?.[name];
    // An icon is decoration: what can not be loaded is asked for with the next one.
    if (known === undefined && later.value === null) load().catch(() => undefined);
    return known;
}
