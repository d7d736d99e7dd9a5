// There is no server behind it: what is tested is the package.
export const config = {
    baseUrl: globalThis.location?.origin ?? "http://127.0.0.1:9",
    userId: "ann",
    scopeConfig: { tenant_uid: "consumer" },
    userProfile: { displayName: "Ann", company: "Altona Logistik" },
    locale: "en",
};
