// What applications write, as the compiler sees it.
import { formatFileSize, MTChat, useMessages, type Message, type MTChatConfig, type MTChatProps } from "@mtchat/vue";
import { MTChat as Unstyled } from "@mtchat/vue/unstyled";
import { defineMtChat, type MtChatElement } from "@mtchat/vue/element";
import { MTChatPrime, primevueRegistry } from "@mtchat/vue-primevue";
import { createApp, h, type Component } from "vue";

const config: MTChatConfig = {
    baseUrl: "https://chat.example",
    userId: "ann",
    scopeConfig: { tenant_uid: "t" },
    userProfile: { displayName: "Ann", company: "Altona" },
};
const props: MTChatProps = { config, mode: "inline", objectType: "order", objectId: "1042" };
const sent = (message: Message): string => message.id;

createApp({ render: () => [h(MTChat, { ...props, onMessageSent: sent }), h(Unstyled, props), h(MTChatPrime, props)] });
defineMtChat("my-chat");
const element: MtChatElement = document.createElement("mt-chat");
element.config = config;

export const rest: [string, Component, unknown] = [formatFileSize(1024), primevueRegistry.MtButton, useMessages];
// @ts-expect-error: a chat needs to know its server and its user.
export const wrong: MTChatProps = {};
