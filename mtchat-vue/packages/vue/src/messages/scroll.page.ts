/** A page with a message list and a server of its own making, for `scroll.browser.test.ts`. */
import type { MessageView, Row } from "@mtchat/client";
import { createApp, defineComponent, h, ref } from "vue";
import { provideChat } from "../chat/index.js";
import { provideDialog } from "../composables/dialog-context.js";
import { provideI18n } from "../i18n/index.js";
import { provideOverlays } from "../panels/overlays.js";
import { aDialog, aMessage, anAttachment, anOutboxEntry, aParticipant, at } from "../testing/fixtures.js";
import { StoryClient, storyChat } from "../testing/story-client.js";
import "../theme/base.css";
import "../theme/tokens.css";
import MessageList from "./MessageList.vue";

const PAGE = 50;
const query = new URLSearchParams(location.search);
const unread = Number(query.get("unread") ?? 0);
const dialog = aDialog({ unread_count: unread });
const all = Array.from({ length: Number(query.get("count") ?? 400) }, (_, index) => message(index));
let from = query.has("everything") ? 0 : Math.max(0, all.length - PAGE);
let to = all.length;
const sending: Row[] = [];

/** The same in each run, and of all heights. */
function message(index: number, more: Partial<MessageView> = {}): MessageView {
    const chance = (index * 7919) % 101;
    const picture = anAttachment({ content_type: "image/png", width: 900, height: 300 + chance * 9, url: `${location.origin}/picture.png?${index}` });
    return aMessage({
        dialog_id: dialog.id,
        sender_id: chance < 60 ? "jonas" : "anna",
        sent_at: at(index * 3 - 5_000),
        content: `<p>${index} ${"lorem ipsum dolor ".repeat(chance % 23)}</p>`,
        ...(chance % 9 === 0 && { attachments: [picture] }),
        ...more,
    });
}

const people = [aParticipant({ user_id: "anna" }), aParticipant({ user_id: "jonas" })];
const client = new StoryClient({ dialogs: [dialog], participants: new Map([[dialog.id, people]]) });
const gap = (isThere: boolean, after: string | null, before: string | null): Row[] => (isThere ? [{ gap: { after, before } }] : []);

function show(): void {
    const rows = all.slice(from, to).map((one) => ({ message: one }));
    client.show(dialog.id, [...gap(from > 0, null, all[from]!.id), ...rows, ...gap(to < all.length, all[to - 1]!.id, null), ...sending]);
}

function answer(change: (id: string) => void) {
    return async (_dialog: string, id = "") => {
        await new Promise((resolve) => setTimeout(resolve, 150));
        change(id);
        show();
    };
}

Object.assign(client.answers, {
    older: answer(() => (from = Math.max(0, from - PAGE))),
    newer: answer(() => (to = Math.min(all.length, to + PAGE))),
    latest: answer(() => ([from, to] = [all.length - PAGE, all.length])),
    jump: answer((id) => {
        const index = all.findIndex((one) => one.id === id);
        [from, to] = [Math.max(0, index - 25), Math.min(all.length, index + 25)];
    }),
    messages: async () => ({ messages: [], has_more_before: false, has_more_after: false, first_unread_message_id: all[all.length - unread]!.id }),
});

const list = ref<InstanceType<typeof MessageList> | null>(null);
const Root = defineComponent({
    setup() {
        const chat = storyChat(client);
        provideChat(chat);
        provideI18n({ locale: "en" });
        provideOverlays();
        provideDialog(dialog.id, chat);
        return () => h(MessageList, { ref: list });
    },
});

/** What a test does with the page. */
export interface ScrollPage {
    all: MessageView[];
    wanted(what: "older" | "newer" | "jump" | "latest" | "read"): number;
    append(): void;
    send(): void;
    remove(index: number): void;
    edit(index: number, content: string): void;
    /** The oldest that are loaded go, and as many newer ones come. */
    shift(count: number): void;
    jump(index: number): Promise<boolean>;
}

const page: ScrollPage = {
    all,
    wanted: (what) => client.wanted(what).length,
    append() {
        all.push(message(all.length, { sender_id: "jonas" }));
        to = all.length;
        show();
    },
    send() {
        sending.push({ sending: anOutboxEntry({ dialog: dialog.id }) });
        show();
    },
    remove(index) {
        all.splice(index, 1);
        to -= 1;
        show();
    },
    edit(index, content) {
        all[index] = { ...all[index]!, content };
        show();
    },
    shift(count) {
        from = Math.max(0, from + count);
        to = Math.min(all.length, to + count);
        show();
    },
    jump: async (index) => (await list.value?.scrollToMessage(all[index]!.id)) ?? false,
};

document.body.innerHTML = '<div id="app" class="mtchat mtchat--light" style="width: 720px; height: 600px; display: flex"></div>';
show();
createApp(Root).mount("#app");
Object.assign(globalThis, { page });
