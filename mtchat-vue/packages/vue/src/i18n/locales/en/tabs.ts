export const tabs = {
    label: "Which chats",
    my: "My",
    available: "Available",
};
