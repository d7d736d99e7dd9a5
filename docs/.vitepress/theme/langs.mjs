// The menu of languages: to the same page where it is there in that language, else to that language's first page.
import { useData } from "vitepress";
import { computed } from "vue";

/** In place of the theme's, which leads to pages that are not there. */
export function useLangs() {
    const { site, localeIndex, page, theme } = useData();
    const home = (key) => (key === "root" ? "/" : `/${key}/`);
    const currentLang = computed(() => ({ label: site.value.locales[localeIndex.value].label, link: home(localeIndex.value) }));
    const localeLinks = computed(() =>
        Object.entries(site.value.locales)
            .filter(([key]) => key !== localeIndex.value)
            .map(([key, { label }]) => {
                const plain = page.value.relativePath.replace(new RegExp(`^${localeIndex.value}/`, "u"), "");
                const isThere = key === "root" ? localeIndex.value !== "root" : theme.value.translated[key].includes(plain);
                return { text: label, link: isThere ? home(key) + plain.replace(/(^|\/)index\.md$/u, "$1").replace(/\.md$/u, ".html") : home(key) };
            }),
    );
    return { localeLinks, currentLang };
}
