import { useToast } from "primevue/usetoast";
import { useText } from "./i18n/index.js";

/** What the host says when the chat's connection comes and goes. The first «connected» is what everybody expects and no news. */
export function useConnectionToasts() {
    const toast = useToast();
    const { t } = useText();
    let wasLost = false;
    return {
        connected() {
            if (wasLost) toast.add({ severity: "success", summary: t("connection.back"), life: 2_500 });
            wasLost = false;
        },
        disconnected() {
            if (!wasLost) toast.add({ severity: "warn", summary: t("connection.lost"), detail: t("connection.lostText"), life: 4_000 });
            wasLost = true;
        },
        failed(failure: Error) {
            toast.add({ severity: "error", summary: t("connection.error"), detail: failure.message, life: 6_000 });
        },
    };
}
