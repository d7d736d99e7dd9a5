/** For tests: panels in an open dialog of a story. */
import type { DialogItemView, ParticipantRow } from "@mtchat/client";
import { type MountingOptions, type VueWrapper, mount } from "@vue/test-utils";
import { type Component, computed, defineComponent, h, ref, shallowRef } from "vue";
import { type Chat, provideChat } from "../chat/index.js";
import { DIALOG_KEY, type DialogContext, useDialog } from "../composables/index.js";
import { provideI18n } from "../i18n/index.js";
import { StoryClient, storyChat } from "../testing/story-client.js";
import { aDialog, aParticipant } from "../testing/fixtures.js";
import { type OverlayStack, injectOverlayStack, provideOverlays } from "./overlays.js";

/** What can be changed while it is shown. */
export interface Stage {
    readonly client: StoryClient;
    readonly chat: Chat;
    readonly dialog: DialogItemView;
    readonly participants: ReturnType<typeof shallowRef<readonly ParticipantRow[]>>;
    readonly typing: ReturnType<typeof shallowRef<readonly string[]>>;
    readonly items: ReturnType<typeof shallowRef<DialogContext["messages"]["items"]["value"]>>;
    readonly overlays: OverlayStack;
    readonly wrapper: VueWrapper;
    /** The panel itself: what it emits. */
    readonly panel: VueWrapper;
}

export interface StageOptions {
    readonly props?: Record<string, unknown>;
    readonly slots?: MountingOptions<unknown>["slots"];
    readonly dialog?: Partial<DialogItemView>;
    readonly participants?: readonly ParticipantRow[];
    readonly client?: StoryClient;
    readonly config?: Parameters<typeof storyChat>[1];
}

/** Show a panel, in the document, so that the focus is real. Whoever calls unmounts `wrapper`. */
export function stage(panel: Component, options: StageOptions = {}): Stage {
    const dialog = aDialog({ id: "d", ...options.dialog });
    const client = options.client ?? new StoryClient();
    client.set(dialog.i_am_participant ? { dialogs: [dialog] } : { available: [dialog] });
    const chat = storyChat(client, options.config);
    const participants = shallowRef(options.participants ?? [aParticipant({ user_id: "anna" }), aParticipant({ user_id: "jonas" })]);
    const typing = shallowRef<readonly string[]>([]);
    const items = shallowRef<DialogContext["messages"]["items"]["value"]>([]);
    let overlays!: OverlayStack;
    const Inner = defineComponent(() => {
        overlays = injectOverlayStack();
        return () => h(panel, options.props, options.slots as never);
    });
    const Root = defineComponent({
        setup: () => {
            provideChat(chat);
            provideI18n({ locale: "en" });
            provideOverlays();
            return () => h("div", { class: "mtchat" }, h(Inner));
        },
    });
    const Provider = defineComponent({
        setup: () => {
            provideChat(chat);
            return () => h(Root);
        },
        provide: () => ({ [DIALOG_KEY as symbol]: contextOf(dialog.id, chat, participants, typing, items) }),
    });
    const wrapper = mount(Provider, { attachTo: document.body });
    return { client, chat, dialog, participants, typing, items, overlays, wrapper, panel: wrapper.findComponent(panel as never) as VueWrapper };
}

function contextOf(id: string, chat: Chat, participants: Stage["participants"], typing: Stage["typing"], items: Stage["items"]): DialogContext {
    const rows = () => participants.value ?? [];
    const people = {
        participants: computed(rows),
        isLoading: ref(false),
        typing: computed(() => typing.value ?? []),
        of: (user: string) => rows().find((person) => person.user_id === user),
        nameOf: (user: string | null) => {
            const person = rows().find(({ user_id }) => user_id === user);
            return { name: person?.display_name ?? user ?? "", company: person?.company ?? null };
        },
        readersOf: () => [],
    };
    return { id: ref(id), dialog: useDialog(id, chat), participants: people, messages: { items } } as unknown as DialogContext;
}
