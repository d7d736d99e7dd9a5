export const chat = {
    messages: "Messages",
    loading: "Loading messages…",
    loadingMore: "Loading more messages…",
    empty: "No messages yet",
    emptyHint: "Write the first one: everybody in this chat will see it.",
    loadFailed: "The messages could not be loaded",
    toBottom: "To the newest messages",
    newMessages: { one: "{n} new message", other: "{n} new messages" },
    unread: "New messages",
    gone: "This message has been deleted",
};
