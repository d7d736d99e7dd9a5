/** `mailto:` for an address that somebody gave, or `null` when it is none: nothing but the address may come through. */
export function mailtoLink(email: string | null | undefined): string | null {
    const address = email?.trim() ?? "";
    if (!/^[^\s@<>"',;:\\()[\]]+@[^\s@<>"',;:\\()[\]/?&#%]+$/u.test(address)) return null;
    const at = address.lastIndexOf("@");
    return `mailto:${encodeURIComponent(address.slice(0, at))}@${encodeURI(address.slice(at + 1))}`;
}

/** `tel:` for a number as people write it, or `null` when there is none in it. */
export function telLink(phone: string | null | undefined): string | null {
    const number = (phone ?? "").trim();
    if (!/^[+\d(][\d\s().\-/–]*$/u.test(number)) return null;
    const digits = number.replace(/\D/gu, "");
    if (digits.length < 3) return null;
    return `tel:${number.startsWith("+") ? "+" : ""}${digits}`;
}
