import { type Component, defineComponent, getCurrentInstance, h, markRaw, onBeforeUnmount, onMounted, shallowRef } from "vue";
import { laterTexts } from "../i18n/texts.js";
import { laterStyles } from "../styles/install.js";
import { onIdle } from "./idle.js";
import { keptEvent } from "./kept-event.js";
import PartFailed from "./PartFailed.vue";

export interface PartOptions {
    /** What the component exposes. Called before it is there, the last call is made when it is. */
    methods?: readonly string[];
    /** Not being there is no failure worth a word. */
    quiet?: boolean;
}

type Methods = Record<string, (...args: unknown[]) => unknown>;

/**
 * A component in a chunk of its own: loaded when the page is idle, or when it is shown before that. Once it is there it is shown at
 * once, without a turn. What can not be loaded says so, and can be asked for again.
 */
export function lazyPart<C extends Component>(load: () => Promise<{ default: C }>, { methods = [], quiet = false }: PartOptions = {}): C {
    const loaded = shallowRef<C | null>(null);
    let loading: Promise<void> | null = null;
    const get = (): Promise<void> => {
        loading ??= Promise.all([load(), laterStyles(), laterTexts()]).then(
            ([module]) => void (loaded.value = markRaw(module.default)),
            (error: unknown) => {
                loading = null;
                throw error;
            },
        );
        return loading;
    };
    onIdle(get);

    return defineComponent({
        inheritAttrs: false,
        setup(_, { attrs, slots, expose }) {
            const hasFailed = shallowRef(false);
            // A server has rendered none of it: what takes over its page begins as that did.
            const takesOver = shallowRef(getCurrentInstance()!.vnode.el !== null);
            onMounted(() => (takesOver.value = false));
            let isGone = false;
            let instance: Methods | null = null;
            let call: [string, unknown[]] | null = null;
            const start = () => {
                hasFailed.value = false;
                get().catch(() => (hasFailed.value = !isGone && !quiet));
            };
            const there = (next: unknown) => {
                instance = next as Methods | null;
                if (instance === null || call === null) return;
                const [name, args] = call;
                call = null;
                instance[name]!(...args);
            };
            const method = (name: string) => (...args: unknown[]) => {
                if (instance !== null) return instance[name]!(...args);
                // Whoever asks twice wants one of it.
                call = [name, args.map((arg) => (arg instanceof Event ? keptEvent(arg) : arg))];
                start();
            };
            expose(Object.fromEntries(methods.map((name) => [name, method(name)])));
            onBeforeUnmount(() => (isGone = true));
            // What waits for a call is asked for by that, or by the page's idle time.
            if (loaded.value === null && methods.length === 0 && typeof window !== "undefined") start();
            return () => {
                if (loaded.value !== null && !takesOver.value) return h(loaded.value, { ...attrs, ref: there }, slots);
                return hasFailed.value ? h(PartFailed, { class: attrs["class"], onRetry: start }) : null;
            };
        },
    }) as unknown as C;
}
