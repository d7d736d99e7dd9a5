import { createApp, h, shallowReactive, shallowRef, type App, type Component, type ShallowRef, type VNode } from "vue";
import { EXPOSED_METHODS } from "../layout/exposed.js";
import MTChat from "../layout/MTChat.vue";
import { installStyles } from "../styles/install.js";
import css from "../styles/text.js";
import { ATTRIBUTES, PROPERTIES, propsOf } from "./attributes.js";

/** The element's own events; `detail` is what the component's event carries. They do not bubble, as none of an element's own do. */
export const EVENTS = [
    "connected",
    "disconnected",
    "error",
    "message-sent",
    "dialog-selected",
    "dialog-joined",
    "dialog-left",
    "object-navigate",
] as const;

const SLOTS = ["sidebar-action", "header-menu-actions", "list-empty", "messages-empty", "composer-actions"] as const;

/** The whole of the element is as large as its host says; without a word from it, as large as its parent. */
const HOST_CSS = ":host{display:block;block-size:100%;min-block-size:0}:host([hidden]){display:none}";

type Exposed = Record<string, unknown>;

/** A `<mt-chat>` of a page. Its properties are the props of `<MTChat>`. */
export interface MtChatElement extends HTMLElement {
    /** What `<MTChat>` exposes; `null` before it is there. */
    readonly chat: Exposed | null;
    /** @ignore */
    [property: string]: unknown;
}

/**
 * Make `<mt-chat>` known to the page under a name. Twice is once; where there is no page, nothing. `prepare` is called with the
 * application of each element before it is mounted.
 */
export function defineMtChat(name = "mt-chat", prepare?: (app: App) => void): void {
    if (typeof customElements === "undefined" || customElements.get(name) !== undefined) return;
    customElements.define(name, elementClass(prepare));
}

/** Made on demand: where pages are rendered on a server there is no `HTMLElement` to extend. */
function elementClass(prepare?: (app: App) => void): CustomElementConstructor {
    class Element extends HTMLElement {
        static readonly observedAttributes = ATTRIBUTES;

        readonly #properties: Record<string, unknown> = {};
        readonly #props = shallowRef<Record<string, unknown> | null>(null);
        readonly #slotted = shallowReactive<{ [name: string]: boolean }>({});
        readonly #instance: ShallowRef<Exposed | null> = shallowRef(null);
        readonly #children = new MutationObserver(() => this.#lookAtSlots());
        #app: App | null = null;

        constructor() {
            super();
            this.attachShadow({ mode: "open" });
        }

        get chat(): Exposed | null {
            return this.#instance.value;
        }

        connectedCallback(): void {
            this.#takeEarlyProperties();
            if (this.#app !== null) return;
            const root = this.shadowRoot!;
            installStyles(`${HOST_CSS}\n${css}`, root);
            const place = root.ownerDocument.createElement("div");
            place.style.blockSize = "100%";
            root.append(place);
            this.#lookAtSlots();
            this.#children.observe(this, { childList: true, attributes: true, attributeFilter: ["slot"], subtree: true });
            this.#update();
            this.#app = createApp({ render: () => this.#render() });
            prepare?.(this.#app);
            this.#app.mount(place);
        }

        disconnectedCallback(): void {
            // An element that is only moved keeps its chat.
            queueMicrotask(() => {
                if (this.isConnected || this.#app === null) return;
                this.#children.disconnect();
                this.#app.unmount();
                this.#app = null;
                this.shadowRoot!.lastElementChild?.remove();
            });
        }

        attributeChangedCallback(): void {
            if (this.#app !== null) this.#update();
        }

        property(name: string): unknown {
            return this.#properties[name] ?? this.#props.value?.[name];
        }

        setProperty(name: string, value: unknown): void {
            this.#properties[name] = value;
            if (this.#app !== null) this.#update();
        }

        #update(): void {
            this.#props.value = propsOf((name) => this.getAttribute(name), this.#properties);
        }

        #render(): VNode | null {
            if (this.#props.value === null) return null;
            const listeners = EVENTS.map((name) => [handlerName(name), (detail?: unknown) => this.dispatchEvent(new CustomEvent(name, { detail }))]);
            const ref = (instance: unknown) => void (this.#instance.value = instance as Exposed | null);
            return h(MTChat as Component, { ...this.#props.value, ...Object.fromEntries(listeners), ref }, this.#slots());
        }

        /** Slots of the component show what the host put into the element, and are absent where it put nothing. */
        #slots(): Record<string, (scope?: { closeMenu?: () => void }) => VNode> {
            const wanted = SLOTS.filter((name) => this.#slotted[name]);
            const slot = (name: string) => (scope?: { closeMenu?: () => void }) => h("slot", { name, onClick: () => scope?.closeMenu?.() });
            return Object.fromEntries(wanted.map((name) => [name, slot(name)]));
        }

        #lookAtSlots(): void {
            const names = new Set(Array.from(this.children, (child) => child.slot));
            for (const name of SLOTS) this.#slotted[name] = names.has(name);
        }

        /** What a page has set before the element was known is in the way of the class's own properties. */
        #takeEarlyProperties(): void {
            for (const name of PROPERTIES) {
                if (!Object.hasOwn(this, name)) continue;
                const value = (this as unknown as Exposed)[name];
                delete (this as unknown as Exposed)[name];
                this.setProperty(name, value);
            }
        }
    }

    for (const name of PROPERTIES) {
        Object.defineProperty(Element.prototype, name, {
            configurable: true,
            enumerable: true,
            get(this: Element) {
                return this.property(name);
            },
            set(this: Element, value: unknown) {
                this.setProperty(name, value);
            },
        });
    }
    for (const name of EXPOSED_METHODS) {
        Object.defineProperty(Element.prototype, name, {
            configurable: true,
            value(this: Element, ...args: unknown[]) {
                const chat = this.chat;
                if (chat === null) throw new Error(`<mt-chat>: ${name} needs base-url and user-id, and the element in a page`);
                return (chat[name] as (...args: unknown[]) => unknown)(...args);
            },
        });
    }
    return Element;
}

/** `message-sent` → `onMessageSent`, as Vue calls the listener. */
function handlerName(event: string): string {
    return `on-${event}`.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
