/** A root with a story's client in place of a server, for tests. */
import { enableAutoUnmount, mount, type VueWrapper } from "@vue/test-utils";
import { computed, defineComponent, h, toValue, type Slots } from "vue";
import { chatOf } from "../chat/chat.js";
import { resolveConfig, type MTChatConfig } from "../chat/index.js";
import { aConfig } from "../testing/fixtures.js";
import { StoryClient } from "../testing/story-client.js";
import { CHAT_FACTORY } from "./factory.js";
import MTChat from "./MTChat.vue";
import type { MTChatExposed } from "./exposed.js";
import type { RootProps } from "./props.js";

export { enableAutoUnmount };

export interface MountedRoot {
    wrapper: VueWrapper;
    /** What the host's template ref has. */
    chat: MTChatExposed;
    /** One for each chat that was made. */
    clients: StoryClient[];
    client: StoryClient;
}

/** Parts that need a real layout are stood in for by what the root says to them. */
export const STUBS = {
    MessageList: defineComponent({ name: "MessageList", setup: (_, { slots }) => () => h("div", { role: "log" }, slots.empty?.()) }),
    Composer: defineComponent({ name: "Composer", emits: ["sent"], setup: (_, { slots }) => () => h("form", { class: "composer" }, slots.actions?.()) }),
};

export function mountRoot(
    props: Partial<RootProps> = {},
    options: { client?: () => StoryClient; slots?: Record<string, unknown>; stubs?: Record<string, unknown> } = {},
): MountedRoot {
    const clients: StoryClient[] = [];
    const factory = (config: Parameters<typeof resolveConfig>[0] | (() => MTChatConfig)) => {
        const client = options.client?.() ?? new StoryClient();
        // As a server would: whatever is opened is there, without messages.
        client.answers.open ??= (dialog) => {
            if (!client.state.timelines.has(dialog)) client.show(dialog, []);
            return { dialog, close: () => undefined };
        };
        clients.push(client);
        return chatOf(client, computed(() => resolveConfig(toValue(config as () => MTChatConfig))));
    };
    const wrapper = mount(MTChat, {
        props: { config: aConfig(), ...props } as never,
        slots: options.slots as unknown as Slots as never,
        attachTo: document.body,
        global: { provide: { [CHAT_FACTORY as symbol]: factory }, stubs: { ...STUBS, ...options.stubs } as never },
    });
    return {
        wrapper: wrapper as unknown as VueWrapper,
        chat: wrapper.vm as unknown as MTChatExposed,
        clients,
        get client() {
            return clients.at(-1)!;
        },
    };
}

