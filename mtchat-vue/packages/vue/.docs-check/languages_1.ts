import type { PartialMessages } from "@mtchat/vue";

export const de: PartialMessages = {
    tabs: { my: "Meine", available: "Verfügbar" },
    list: { unread: { one: "{n} ungelesene Nachricht", other: "{n} ungelesene Nachrichten" } },
    input: { placeholder: "Nachricht schreiben …", send: "Senden" },
};

export {};
