export const user = {
    you: "Вы",
    youSuffix: "(вы)",
    unknown: "Неизвестно",
    companyEmployee: "Сотрудник компании",
    formerParticipant: "Бывший участник",
    creator: "Создатель",
    avatarOf: "{name}, аватар",
    nameOfCompany: "{company} — {name}",
};
