import { createApp, h, reactive, type App, type Component } from "vue";
import type { HostControl } from "./host.js";
import type { configOf as ConfigOf, HostSettings } from "./settings.js";

interface HostParts {
    settings: HostSettings;
    configOf: typeof ConfigOf;
    log(name: string, detail: unknown): void;
    shown(chat: unknown): void;
    place(): HTMLElement;
}

const EVENTS = ["connected", "disconnected", "error", "message-sent", "dialog-selected", "dialog-joined", "dialog-left", "object-navigate"];

/** A host of this kind; what it needs is loaded only then. */
export async function createHost(wrapper: HostSettings["wrapper"], parts: HostParts): Promise<HostControl> {
    if (wrapper === "element") return elementHost(parts);
    if (wrapper === "primevue") {
        const [{ MTChatPrime }, { default: PrimeVue }, { default: Aura }] = await Promise.all([
            import("@mtchat/vue-primevue"),
            import("primevue/config"),
            import("@primeuix/themes/aura"),
        ]);
        return vueHost(MTChatPrime, parts, (app) => app.use(PrimeVue, { theme: { preset: Aura, options: { darkModeSelector: ".p-dark" } } }));
    }
    const { MTChat } = await import("@mtchat/vue");
    return vueHost(MTChat, parts, () => {});
}

function vueHost(component: Component, { settings, configOf, log, shown, place }: HostParts, prepare: (app: App) => void): HostControl {
    const current = reactive({ ...settings }) as HostSettings;
    const listeners = Object.fromEntries(EVENTS.map((name) => [handlerName(name), (detail: unknown) => log(name, detail)]));
    let app: App | null = null;

    const render = () => h(component, { config: configOf(current), token: current.token, ...current.props, ...listeners, ref: shown }, current.slots ? SLOTS : {});
    return {
        set: (change) => void Object.assign(current, change, { props: { ...current.props, ...change.props } }),
        unmount: () => void app?.unmount(),
        mount: () => {
            app = createApp({ render });
            prepare(app);
            app.mount(place());
        },
    };
}

async function elementHost({ settings, configOf, log, shown, place }: HostParts): Promise<HostControl> {
    await import("@mtchat/vue/element");
    const current = { ...settings };
    const element = document.createElement("mt-chat");
    for (const name of EVENTS) element.addEventListener(name, (event) => log(name, (event as CustomEvent).detail));
    shown(element);
    const apply = () => Object.assign(element, { config: configOf(current), token: current.token, ...current.props });
    if (settings.slots) element.innerHTML = '<button slot="sidebar-action">New</button><button slot="header-menu-actions">Print</button>';
    return {
        set: (change) => {
            Object.assign(current, change, { props: { ...current.props, ...change.props } });
            apply();
        },
        unmount: () => element.remove(),
        mount: () => {
            apply();
            place().append(element);
        },
    };
}

interface MenuScope {
    dialog: { title?: string | null } | null;
    closeMenu: () => void;
    menuItemClass: string;
}

const SLOTS = {
    "sidebar-action": () => h("button", { type: "button", class: "host-new" }, "New"),
    "header-menu-actions": ({ closeMenu, menuItemClass }: MenuScope) =>
        h("button", { type: "button", role: "menuitem", class: [menuItemClass, "host-print"], onClick: closeMenu }, "Print"),
};

const handlerName = (event: string): string => `on-${event}`.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
