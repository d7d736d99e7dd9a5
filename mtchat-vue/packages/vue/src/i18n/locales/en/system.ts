export const system = {
    chatCreated: "Chat created",
    chatCreatedWith: "Chat created. Participants: {names}",
    joined: "{name} has joined the chat",
    left: "{name} has left the chat",
    nameAndCompany: "{name} ({company})",
    someone: "Somebody",
    cardLink: "Open",
};
