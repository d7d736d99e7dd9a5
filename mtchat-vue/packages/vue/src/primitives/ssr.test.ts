// @vitest-environment node
import { expect, it } from "vitest";
import { createSSRApp, defineComponent, h, withDirectives } from "vue";
import { renderToString } from "vue/server-renderer";
import { Icon } from "../icons/index.js";
import { provideI18n } from "../i18n/index.js";
import * as primitives from "./index.js";

const { MtAccordion, MtAccordionPanel, MtButton, MtCheckbox, MtContextMenu, MtDialog, MtInput, MtMenu, MtRadioButton, MtSpinner, MtTab, MtTabs, MtTag, vTooltip } = primitives;

it("everything is rendered where there is no browser", async () => {
    const items = [{ label: "Leave" }];
    const App = defineComponent(() => {
        provideI18n({ locale: "en" });
        return () => [
            withDirectives(h(MtButton, { icon: "send" }, () => "Send"), [[vTooltip, "Send (Enter)"]]),
            h(MtDialog, { visible: true, header: "Join" }, () => "Your name"),
            h(MtMenu, { items }),
            h(MtMenu, { items, popup: false }),
            h(MtContextMenu, { items }),
            h(MtInput, { modelValue: "Berlin", clearable: true }),
            h(MtCheckbox, { label: "Share", modelValue: true }),
            h(MtRadioButton, { value: "real", label: "Real" }),
            h(MtTabs, { modelValue: 1 }, () => h(MtTab, { value: 1, label: "My" })),
            h(MtAccordion, { modelValue: 1 }, () => h(MtAccordionPanel, { value: 1, header: "Archive" }, () => "old chats")),
            h(MtTag, { value: 5 }),
            h(MtSpinner),
            h(Icon, { name: "pin" }),
        ];
    });
    const html = await renderToString(createSSRApp(App));
    for (const said of ["Send", "Your name", "Leave", "Berlin", "Share", "Real", "My", "old chats", "Loading…"]) expect(html).toContain(said);
});
