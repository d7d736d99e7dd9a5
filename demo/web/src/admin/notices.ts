import { useConfirm } from "primevue/useconfirm";
import { useToast } from "primevue/usetoast";
import { useText } from "../i18n/index.js";

/** What comes of what one does in the admin panel: said in a toast, whether it went well or not. */
export function useNotices() {
    const toast = useToast();
    const confirm = useConfirm();
    const { t } = useText();

    const say = (summary: string): void => toast.add({ severity: "success", summary, life: 2_500 });
    const complain = (failure: unknown): void => toast.add({ severity: "error", summary: t("admin.failed"), detail: (failure as Error).message, life: 7_000 });

    /** Whether it went well. */
    async function attempt(what: () => Promise<unknown>, done?: string): Promise<boolean> {
        try {
            await what();
            if (done) say(done);
            return true;
        } catch (failure) {
            complain(failure);
            return false;
        }
    }

    function sure(message: string, accept: () => void, acceptLabel = t("admin.delete")): void {
        confirm.require({
            header: t("admin.sure"),
            message,
            accept,
            acceptProps: { label: acceptLabel, severity: "danger" },
            rejectProps: { label: t("admin.cancel"), severity: "secondary", text: true },
        });
    }

    return { say, complain, attempt, sure };
}
