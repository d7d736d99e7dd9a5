import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { defineComponent, h, nextTick, ref } from "vue";
import { aDialog, aMessage, rowsOf } from "../testing/fixtures.js";
import { StoryClient, storyChat } from "../testing/story-client.js";
import { injectDialog, provideDialog } from "./dialog-context.js";

const Below = defineComponent({
    setup() {
        const { id, dialog, messages } = injectDialog();
        return () => h("p", `${id.value} ${dialog.dialog.value?.title} ${messages.items.value.length}`);
    },
});

describe("the open dialog", () => {
    it("is shared by all that is below, and is loaded once", async () => {
        const client = new StoryClient({ dialogs: [aDialog({ id: "a", title: "A" }), aDialog({ id: "b", title: "B" })] });
        const id = ref("a");
        const Above = defineComponent({
            setup() {
                provideDialog(id, storyChat(client));
                return () => h("div", [h(Below), h(Below)]);
            },
        });
        const page = mount(Above);
        client.show("a", rowsOf(aMessage()));
        await nextTick();
        expect(page.findAll("p").map((one) => one.text())).toEqual(["a A 2", "a A 2"]);
        expect(client.wanted("open")).toEqual([["a"]]);
        id.value = "b";
        await nextTick();
        expect(page.find("p").text()).toBe("b B 0");
        page.unmount();
        expect(client.wanted("close")).toEqual([["a"], ["b"]]);
    });

    it("is missed by name where there is none", () => {
        const options = { global: { config: { warnHandler: () => undefined } } };
        expect(() => mount(Below, options)).toThrow(/provideDialog/);
    });
});
