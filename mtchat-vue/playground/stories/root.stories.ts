import type { ParticipantRow } from "@mtchat/client";
import type { StoryClient } from "@parts/testing/story-client.js";
import { type Act, inTurn, press, shown, write } from "../src/acts.js";
import type { Family, Story } from "../src/story.js";
import Root from "./whole/Root.vue";
import { busy, empty, loading } from "./world/clients.js";
import { AVAILABLE, DIALOGS, OPEN } from "./world/dialogs.js";
import { HITS, PARTICIPANTS } from "./world/timeline.js";

const HEIGHT = 760;

interface More {
    readonly of?: () => StoryClient;
    /** Of `<MTChat>`. */
    readonly props?: Readonly<Record<string, unknown>>;
    readonly slots?: boolean;
    readonly wrapper?: "prime" | "element";
    readonly act?: Act;
}

const root = (id: string, title: string, width: number | undefined, { of = () => busy(), props = { dialogId: OPEN }, slots = false, wrapper, act }: More = {}): Story => ({
    id,
    title,
    component: Root,
    isRoot: true,
    width,
    height: HEIGHT,
    props: { of, more: props, slots, wrapper },
    act,
});
const inline = { mode: "inline", objectType: "order", objectId: "1042" };
const ofObject = () => busy({}, { dialogOfObject: () => Promise.resolve(DIALOGS[0]!) });
const frozen = () => busy({ dialogs: DIALOGS.map((dialog) => (dialog.id === OPEN ? { ...dialog, frozen: true } : dialog)) });
const readOnly = () => busy({ participants: new Map([[OPEN, PARTICIPANTS.map((row): ParticipantRow => (row.user_id === "anna" ? { ...row, role: "read_only" } : row))]]) });
const finding = () => busy({}, { search: () => Promise.resolve({ results: HITS }) });
const failing = () => busy({}, { dialog: () => Promise.reject(new Error("no")) });
const info = inTurn(press(".mtchat-header__info"), shown(".mtchat-info__party"));

export default {
    title: "Chat",
    stories: [
        root("chat", "Full", undefined),
        root("chat-desktop", "Full, 1280, with slots", 1280, { slots: true }),
        root("chat-tablet", "Full, 1024", 1024),
        root("chat-info", "Full, about the chat", 1280, { act: info }),
        root("chat-tablet-info", "Full, 1024, about the chat", 1024, { act: info }),
        root("chat-search", "Full, search in the chat", 1280, { of: finding, act: inTurn(press(".mtchat-header__search"), write(".mtchat-search-panel input", "cut-off"), shown("[role='option']")) }),
        root("chat-viewer", "Full, a picture is open", 1280, { act: inTurn(press(".mtchat-images button"), shown("dialog[open], [role='dialog']")) }),
        root("chat-mobile", "Full, 390: the list", 390, { props: {} }),
        root("chat-mobile-open", "Full, 390: a chat", 390),
        root("chat-mobile-info", "Full, 390: about the chat", 390, { act: inTurn(press(".mtchat-popup-menu > button", "[role='menuitem']"), shown(".mtchat-info__party")) }),
        root("chat-nothing", "Nothing selected", 1024, { props: {} }),
        root("chat-empty", "No chats", 1024, { of: empty, props: {} }),
        root("chat-loading", "Loading", 1024, { of: loading, props: {} }),
        root("chat-join", "One may join", 1024, { props: { dialogId: AVAILABLE[0]!.id } }),
        root("chat-joining", "Joining", 1024, { props: { dialogId: AVAILABLE[0]!.id }, act: inTurn(press(".mtchat-join-screen__join"), shown(".mtchat-join__group input")) }),
        root("chat-offline", "The connection is lost", 1024, { of: () => busy({ connection: "waiting" }), act: shown(".mtchat-banner__box") }),
        root("chat-frozen", "Nobody may write", 1024, { of: frozen }),
        root("chat-read-only", "One may not write", 1024, { of: readOnly }),
        root("chat-error", "It can not be loaded", 1024, { of: failing, props: { dialogId: "01a20000-0000-7000-8000-00000000ffff" } }),
        root("inline", "Inline", 480, { of: ofObject, props: inline }),
        root("inline-wide", "Inline, 1024", 1024, { of: ofObject, props: inline }),
        root("inline-none", "Inline, no chat of the object", 480, { props: inline }),
        root("prime", "With PrimeVue", 1280, { wrapper: "prime" }),
        root("prime-info", "With PrimeVue, about the chat", 1280, { wrapper: "prime", act: info }),
        root("prime-joining", "With PrimeVue, joining", 1024, { wrapper: "prime", props: { dialogId: AVAILABLE[0]!.id }, act: inTurn(press(".mtchat-join-screen__join"), shown(".mtchat-join__group input")) }),
        root("prime-menu", "With PrimeVue, a menu", 1024, { wrapper: "prime", act: inTurn(press(".mtchat-popup-menu > button"), shown("[role='menu']")) }),
        root("prime-mobile", "With PrimeVue, 390", 390, { wrapper: "prime" }),
        root("element", "As an element", 1024, { wrapper: "element" }),
    ],
} satisfies Family;
