export const buttons = {
    joinChat: "Join the chat",
    leaveChat: "Leave",
    startChat: "Start a chat",
    deleteMessage: "Delete message",
    discard: "Discard",
    sendAgain: "Send again",
    toBottom: "To the latest messages",
    toUnread: "To the first unread message",
    clearSearch: "Clear search",
    yes: "Yes",
    no: "No",
};
