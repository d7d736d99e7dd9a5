export const user = {
    you: "我",
    youSuffix: "（我）",
    unknown: "未知",
    companyEmployee: "公司员工",
    formerParticipant: "前成员",
    creator: "创建者",
    avatarOf: "{name}的头像",
    nameOfCompany: "{company} — {name}",
};
