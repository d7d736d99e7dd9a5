import "@mtchat/vue/element";

const chat = document.createElement("mt-chat");
chat.config = {
    baseUrl: "https://chat.example",
    userId: "anna",
    scopeConfig: {},
    userProfile: { displayName: "Anna Schmidt", company: "Northwind Freight" },
};
document.body.append(chat);

export {};
