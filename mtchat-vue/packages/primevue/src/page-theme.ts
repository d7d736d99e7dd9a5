import { onMounted, onScopeDispose, readonly, ref, type Ref } from "vue";

export type PageTheme = "light" | "dark";

/** Classes by which hosts of PrimeVue say that a page is dark. */
const DARK = ".dark-mode, .p-dark";

/** Whether the page is dark now: a class of the page itself, of its body, or of something around the element. */
export function usePageTheme(element: Readonly<Ref<Element | null>>): Readonly<Ref<PageTheme>> {
    const theme = ref<PageTheme>("light");
    let observer: MutationObserver | null = null;

    function look(): void {
        theme.value = element.value?.closest(DARK) ? "dark" : "light";
    }

    onMounted(() => {
        look();
        observer = new MutationObserver(look);
        for (let place = element.value?.parentElement ?? null; place !== null; place = place.parentElement) {
            observer.observe(place, { attributes: true, attributeFilter: ["class"] });
        }
    });
    onScopeDispose(() => observer?.disconnect());
    return readonly(theme);
}
