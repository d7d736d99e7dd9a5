export const buttons = {
    joinChat: "Присоединиться к чату",
    leaveChat: "Покинуть",
    startChat: "Начать чат",
    deleteMessage: "Удалить сообщение",
    discard: "Не отправлять",
    sendAgain: "Отправить ещё раз",
    toBottom: "К последним сообщениям",
    toUnread: "К первому непрочитанному",
    clearSearch: "Очистить поиск",
    yes: "Да",
    no: "Нет",
};
