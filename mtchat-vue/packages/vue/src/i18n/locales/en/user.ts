export const user = {
    you: "You",
    youSuffix: "(you)",
    unknown: "Unknown",
    companyEmployee: "Company employee",
    formerParticipant: "Former participant",
    creator: "Creator",
    avatarOf: "{name}, avatar",
    nameOfCompany: "{company} — {name}",
};
