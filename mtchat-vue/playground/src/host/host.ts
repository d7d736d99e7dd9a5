// A plain page that has the chat, for tests in a browser. `#{"wrapper":"vue","baseUrl":"…","userId":"…","token":"…"}` says how.
import { createHost } from "./create-host.js";
import { configOf, readSettings, type HostSettings } from "./settings.js";

/** Something the chat has told. */
export interface HostEvent {
    readonly name: string;
    readonly detail: unknown;
    /** Milliseconds since the page began. */
    readonly at: number;
}

/** What tests do with the page. */
export interface HostControl {
    /** Change what the page was told; nothing is mounted anew. */
    set(change: Partial<HostSettings>): void;
    unmount(): void;
    mount(): void;
}

declare global {
    interface Window {
        __mtchat?: Partial<HostSettings>;
        /** The component's instance, or the element. */
        __chat: unknown;
        __events: HostEvent[];
        __host: HostControl;
    }
}

window.__events = [];
const log = (name: string, detail: unknown): void => void window.__events.push({ name, detail, at: performance.now() });

const settings = readSettings();
document.documentElement.classList.toggle("p-dark", settings.props?.theme === "dark");
const host = await createHost(settings.wrapper, {
    settings,
    configOf,
    log,
    shown: (chat) => (window.__chat = chat),
    place: () => document.querySelector<HTMLElement>("#chat")!,
});
window.__host = host;
host.mount();
