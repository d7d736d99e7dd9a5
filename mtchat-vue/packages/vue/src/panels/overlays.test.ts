import type { AttachmentView, DialogItemView, MessageView } from "@mtchat/client";
import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { createApp, defineComponent, h } from "vue";
import { type OverlayStack, injectOverlayStack, injectOverlays, provideOverlays } from "./overlays.js";

const message = { id: "m1" } as MessageView;
const file = { id: "f1" } as AttachmentView;

function stack(): OverlayStack {
    let inner!: OverlayStack;
    const Below = defineComponent(() => {
        inner = injectOverlayStack();
        return () => h("i");
    });
    mount(
        defineComponent(() => {
            provideOverlays();
            return () => h(Below);
        }),
    );
    return inner;
}

describe("overlays", () => {
    it("show what was asked for last, until it is dismissed", () => {
        const overlays = stack();
        overlays.readers(message);
        expect(overlays.current.value).toEqual({ kind: "readers", message });
        overlays.viewer([file], 0);
        expect(overlays.current.value).toEqual({ kind: "viewer", files: [file], index: 0 });
        overlays.join({ id: "d1" } as DialogItemView);
        expect(overlays.current.value?.kind).toBe("join");
        overlays.dismiss();
        expect(overlays.current.value).toBeNull();
    });

    it("show no viewer without files", () => {
        const overlays = stack();
        overlays.viewer([]);
        expect(overlays.current.value).toBeNull();
    });

    it.each([true, false])("answer a question with %s", async (yes) => {
        const overlays = stack();
        const answer = overlays.confirm({ title: "Sure?", confirmLabel: "Yes" });
        overlays.question.value?.answer(yes);
        expect(await answer).toBe(yes);
        expect(overlays.question.value).toBeNull();
    });

    it("take «no» for an answer when another question comes", async () => {
        const overlays = stack();
        const first = overlays.confirm({ title: "One?", confirmLabel: "Yes" });
        const second = overlays.confirm({ title: "Two?", confirmLabel: "Yes" });
        expect(await first).toBe(false);
        expect(overlays.question.value?.options.title).toBe("Two?");
        overlays.question.value?.answer(true);
        expect(await second).toBe(true);
    });

    it("say what is missing when nobody provides them", () => {
        const alone = createApp({ render: () => null });
        expect(() => alone.runWithContext(injectOverlays)).toThrow("<MTChat>");
    });
});
