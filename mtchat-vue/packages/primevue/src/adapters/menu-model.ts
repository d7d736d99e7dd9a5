import type { MenuItem } from "@mtchat/vue";
import type { MenuItem as PrimeItem } from "primevue/menuitem";
import { nextTick } from "vue";

/** An item of PrimeVue's that remembers whose it is. */
export interface ModelItem extends PrimeItem {
    source: MenuItem;
}

/** Items as PrimeVue takes them. What an item is for is done once the menu is closed and the focus is back. */
export function modelOf(items: readonly MenuItem[], select: (item: MenuItem, event: Event) => void): ModelItem[] {
    return items.map((item) => ({
        source: item,
        label: item.label,
        disabled: item.disabled,
        separator: item.separator,
        class: item.danger ? "mtchat-prime-item mtchat-prime-item--danger" : "mtchat-prime-item",
        command: ({ originalEvent }) => {
            select(item, originalEvent);
            void nextTick(() => item.command?.({ originalEvent, item }));
        },
    }));
}
