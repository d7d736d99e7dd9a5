import type { DialogItemView } from "@mtchat/client";
import { computed, readonly, shallowRef } from "vue";
import { useDialog } from "../composables/index.js";
import type { ReadRef, UseDialogReturn } from "../composables/types.js";
import { useI18n } from "../i18n/index.js";
import type { MenuItem } from "../primitives/types.js";

export interface RowActions {
    /** What may be done with the dialog that was aimed at. */
    readonly items: ReadRef<readonly MenuItem[]>;
    /** The last one did not work. */
    readonly hasFailed: ReadRef<boolean>;
    aim(dialog: DialogItemView): void;
    dismiss(): void;
}

/** Pin, mute and archive for a dialog of the list. */
export function useRowActions(): RowActions {
    const { t } = useI18n();
    const target = shallowRef<DialogItemView | null>(null);
    const hasFailed = shallowRef(false);
    const actions = useDialog(() => target.value?.id ?? null);

    function item(label: string, icon: MenuItem["icon"], act: (actions: UseDialogReturn) => Promise<void>): MenuItem {
        const command = () => {
            hasFailed.value = false;
            act(actions).catch(() => (hasFailed.value = true));
        };
        return { label, icon, command };
    }

    const items = computed((): MenuItem[] => {
        const dialog = actions.dialog.value ?? target.value;
        if (!dialog?.i_am_participant) return [];
        const isArchived = dialog.is_archived === true;
        const isOn = dialog.notifications_enabled !== false;
        const pin = dialog.is_pinned
            ? item(t("actions.unpin"), "unpin", (of) => of.unpin())
            : item(t("actions.pin"), "pin", (of) => of.pin());
        return [
            // What is archived has no place at the top.
            ...(isArchived ? [] : [pin]),
            item(t(isOn ? "actions.mute" : "actions.unmute"), isOn ? "bell-off" : "bell", (of) => of.setNotifications(!isOn)),
            isArchived
                ? item(t("actions.unarchive"), "archive", (of) => of.unarchive())
                : item(t("actions.archive"), "archive", (of) => of.archive()),
        ];
    });

    return {
        items,
        hasFailed: readonly(hasFailed),
        aim: (dialog) => (target.value = dialog),
        dismiss: () => (hasFailed.value = false),
    };
}
