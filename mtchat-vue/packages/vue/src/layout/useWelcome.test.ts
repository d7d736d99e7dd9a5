import { mount } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, nextTick, ref } from "vue";
import { useWelcome } from "./useWelcome.js";

afterEach(() => {
    document.body.innerHTML = "";
    vi.unstubAllGlobals();
});

function welcoming() {
    const dialog = ref<string | null>("d");
    const isMember = ref<boolean | null>(false);
    const write = vi.fn();
    let over: () => Promise<void>;
    mount(
        defineComponent(() => {
            over = useWelcome({ dialog: () => dialog.value, isMember: () => isMember.value, write });
            return () => h("button");
        }),
        { attachTo: document.body },
    );
    const settle = async () => {
        for (let turn = 0; turn < 4; turn += 1) await nextTick();
    };
    return { dialog, isMember, write, over: () => over(), settle };
}

describe("whoever has joined", () => {
    it("writes at once, as nothing has the focus any more", async () => {
        const { isMember, write, settle } = welcoming();
        isMember.value = true;
        await settle();
        expect(write).toHaveBeenCalledOnce();
    });

    it("does so once the join dialog is over, if that had the focus until then", async () => {
        const { isMember, write, over, settle } = welcoming();
        const button = document.querySelector("button")!;
        button.focus();
        isMember.value = true;
        await settle();
        expect(write).not.toHaveBeenCalled();
        button.blur();
        await over();
        expect(write).toHaveBeenCalledOnce();
    });

    it("is not meant by another dialog that is opened", async () => {
        const { dialog, isMember, write, settle } = welcoming();
        [dialog.value, isMember.value] = ["other", true];
        await settle();
        expect(write).not.toHaveBeenCalled();
    });

    it("is not somebody whose dialog has just been loaded", async () => {
        const { isMember, write, settle } = welcoming();
        isMember.value = null;
        await settle();
        isMember.value = true;
        await settle();
        expect(write).not.toHaveBeenCalled();
    });

    it("gets no on-screen keyboard unasked", async () => {
        vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener: () => {}, removeEventListener: () => {} }));
        const { isMember, write, settle } = welcoming();
        isMember.value = true;
        await settle();
        expect(write).not.toHaveBeenCalled();
    });
});
