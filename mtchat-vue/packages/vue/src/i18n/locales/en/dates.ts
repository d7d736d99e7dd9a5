export const dates = {
    today: "Today",
    yesterday: "Yesterday",
    justNow: "just now",
    lastSeen: "Last seen {at}",
    at: "{date} at {time}",
};
