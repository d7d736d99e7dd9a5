import type { OutboxEntry } from "@mtchat/client";
import { computed, onScopeDispose, shallowRef, watch } from "vue";
import { usePresence } from "../../composables/index.js";
import type { TimelineItem } from "../../composables/types.js";
import type { Message } from "../types.js";
import type { ChatParts, Troubles } from "./parts.js";
import type { UseChatMessages, UseChatState } from "./types.js";

/** For how long after a jump scrolling should load nothing, in milliseconds. */
const COOLDOWN = 300;

type Shown = Pick<
    UseChatState,
    | "messages"
    | "isLoadingMessages"
    | "firstUnreadMessageId"
    | "replyToMessage"
    | "editingMessage"
    | "replyMessagesCache"
    | "hasMoreMessages"
    | "hasMoreAfter"
    | "isLoadingOlder"
    | "isLoadingNewer"
    | "isJumpingToMessage"
    | "jumpCooldown"
>;

/** The messages of the open dialog, and what may be done with them. */
export function messagesGroup(parts: ChatParts, troubles: Troubles): Shown & UseChatMessages {
    const { chat, context, selection } = parts;
    const { messages, composer } = context;
    const { mode } = composer;
    return {
        ...jumps(parts, troubles),
        ...quotes(parts, troubles),
        messages: computed(() => messages.items.value.flatMap((item) => shownAs(item, chat.me))),
        isLoadingMessages: messages.isLoading,
        firstUnreadMessageId: messages.firstUnreadId,
        replyToMessage: computed(() => (mode.value.kind === "reply" ? mode.value.message : null)),
        editingMessage: computed(() => (mode.value.kind === "edit" ? mode.value.message : null)),
        hasMoreMessages: messages.hasOlder,
        hasMoreAfter: messages.hasNewer,
        isLoadingOlder: messages.isLoadingOlder,
        isLoadingNewer: messages.isLoadingNewer,
        sendMessage: (content, attachments = []) =>
            troubles.run(async () => {
                const dialog = selection.id.value;
                if (dialog === null) return undefined;
                const replyTo = mode.value.kind === "reply" ? mode.value.message.id : undefined;
                const id = await chat.client.send(dialog, content, { replyTo, attachments });
                if (mode.value.kind === "reply" && mode.value.message.id === replyTo) composer.cancel();
                return sentAs(id, dialog, chat.me, content, replyTo);
            }),
        editMessage: (id, content) =>
            troubles.run(async () => {
                await messages.edit(id, content);
                if (mode.value.kind === "edit" && mode.value.message.id === id) composer.cancel();
            }),
        deleteMessage: (id) => troubles.run(() => messages.remove(id)),
        loadOlderMessages: () => troubles.run(() => messages.loadOlder()),
        loadNewerMessages: () => troubles.run(() => messages.loadNewer()),
        resetToLatest: () => troubles.run(() => messages.toLatest()),
        setReplyTo: (message) => composer.replyTo(message),
        clearReplyTo: () => mode.value.kind === "reply" && composer.cancel(),
        setEditMessage: (message) => composer.edit(message),
        clearEditMessage: () => mode.value.kind === "edit" && composer.cancel(),
        isUserOnline: usePresence(chat).isOnline,
    };
}

function jumps(
    { context }: ChatParts,
    troubles: Troubles,
): Pick<Shown & UseChatMessages, "isJumpingToMessage" | "jumpCooldown" | "jumpToMessage" | "enableScrollCooldown" | "loadMessages"> {
    const { messages } = context;
    const isJumping = shallowRef(false);
    const isCooling = shallowRef(false);
    let timer: ReturnType<typeof setTimeout> | undefined;
    onScopeDispose(() => clearTimeout(timer));
    const enableScrollCooldown = () => {
        clearTimeout(timer);
        isCooling.value = true;
        timer = setTimeout(() => (isCooling.value = false), COOLDOWN);
    };
    const jumpToMessage = (id: string) =>
        troubles.run(async () => {
            isJumping.value = true;
            try {
                return await messages.jumpTo(id);
            } finally {
                isJumping.value = false;
                enableScrollCooldown();
            }
        });
    return {
        isJumpingToMessage: isJumping,
        jumpCooldown: isCooling,
        jumpToMessage,
        enableScrollCooldown,
        async loadMessages({ around, before, after } = {}) {
            const near = around ?? before ?? after;
            if (near !== undefined) await jumpToMessage(near);
            else await troubles.run(() => messages.toLatest());
        },
    };
}

function quotes(
    { context, selection }: ChatParts,
    troubles: Troubles,
): Pick<Shown & UseChatMessages, "replyMessagesCache" | "getReplyMessage" | "fetchReplyMessage"> {
    const { messages } = context;
    const cache = shallowRef<ReadonlyMap<string, Message | null>>(new Map());
    watch(selection.id, () => (cache.value = new Map()), { flush: "sync" });
    return {
        replyMessagesCache: cache,
        getReplyMessage: (id) => messages.find(id) ?? cache.value.get(id),
        fetchReplyMessage: (id) =>
            troubles.run(async () => {
                const dialog = selection.id.value;
                const found = await messages.fetch(id);
                // What comes for a dialog that is not open any more does not belong here.
                if (dialog === selection.id.value) cache.value = new Map(cache.value).set(id, found);
                return found;
            }),
    };
}

/** Entries stay the same while they do not change; so do messages made of them. */
const made = new WeakMap<OutboxEntry, Message>();

function shownAs(item: TimelineItem, me: string): readonly Message[] {
    if (item.kind === "message" || item.kind === "system") return [item.message];
    if (item.kind !== "sending") return [];
    const known = made.get(item.entry);
    if (known !== undefined) return [known];
    const message = onItsWay(item.entry, me);
    made.set(item.entry, message);
    return [message];
}

/** A message on its way, as one that is there. It has no number yet. */
export function onItsWay({ id, dialog, content, reply_to, sent_at }: OutboxEntry, me: string): Message {
    return { ...sentAs(id, dialog, me, content, reply_to ?? undefined), sent_at: new Date(sent_at).toISOString() };
}

function sentAs(id: string, dialog: string, me: string, content: string, replyTo: string | undefined): Message {
    return {
        id,
        dialog_id: dialog,
        sender_id: me,
        content,
        sent_at: new Date().toISOString(),
        last_edited_at: null,
        reply_to_id: replyTo ?? null,
        message_type: "user",
        seq: 0,
    };
}
