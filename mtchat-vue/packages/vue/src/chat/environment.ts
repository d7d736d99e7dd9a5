/** Whether there is a page: where pages are rendered on a server nothing is loaded and nothing is connected. */
export function hasPage(): boolean {
    return typeof window !== "undefined";
}
