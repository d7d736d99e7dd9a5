export const buttons = {
    joinChat: "加入聊天",
    leaveChat: "退出",
    startChat: "开始聊天",
    deleteMessage: "删除消息",
    discard: "放弃发送",
    sendAgain: "重新发送",
    toBottom: "转到最新消息",
    toUnread: "转到第一条未读消息",
    clearSearch: "清除搜索",
    yes: "是",
    no: "否",
};
