import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { ApiError } from "@mtchat/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";
import { aMessage, anAttachment, PEOPLE } from "../testing/fixtures.js";
import Composer from "./Composer.vue";
import { anItem, aPending, aTransfer, stageDialog, type StagedDialog } from "./fixture.js";
import { COUNT_FROM, MAX_LENGTH } from "./limits.js";

// The rich field has tests of its own; here the simple one stands in, as where the chunk can not be loaded.
vi.mock("./useRichField.js", async () => {
    const { computed } = await import("vue");
    return { useRichField: () => ({ field: computed(() => null), setComposing: () => undefined }) };
});

let composer: VueWrapper;
beforeEach(() => localStorage.clear());
afterEach(() => composer.unmount());

function open(staged: StagedDialog = stageDialog()) {
    composer = mount(Composer, { attachTo: document.body, global: { provide: staged.provide } });
    const field = () => composer.get("textarea");
    return {
        staged,
        field,
        text: () => (field().element as HTMLTextAreaElement).value,
        button: (name: string) => composer.get(`button[aria-label="${name}"]`),
        isDisabled: (name: string) => composer.get(`button[aria-label="${name}"]`).attributes("disabled") !== undefined,
        press: (key: string, init: KeyboardEventInit = {}) => field().trigger("keydown", { key, ...init }),
        hasFocus: () => document.activeElement === field().element,
        submitted: () => staged.wants.filter(([what]) => what === "submit"),
    };
}

describe("who may write", () => {
    it.each([
        ["frozen", "This chat is closed for new messages"],
        ["read_only", "You can read this chat but not write in it"],
    ] as const)("is told when it is %s", (access, notice) => {
        const staged = stageDialog();
        staged.access.value = access;
        open(staged);
        expect(composer.text()).toBe(notice);
        expect(composer.find("textarea").exists()).toBe(false);
    });

    it.each(["join_first", "unknown"] as const)("sees nothing when it is %s", (access) => {
        const staged = stageDialog();
        staged.access.value = access;
        open(staged);
        expect(composer.text()).toBe("");
    });
});

describe("sending", () => {
    it("clears the field at once, keeps the focus, and tells the id", async () => {
        const { staged, field, text, press, hasFocus, submitted } = open();
        let done: (id: string) => void = () => undefined;
        staged.onSubmit = () => new Promise((resolve) => (done = resolve));
        await field().setValue("Hello <Jonas>");
        await press("Enter");
        expect(submitted()).toEqual([["submit", "<p>Hello &lt;Jonas&gt;</p>", []]]);
        expect(text()).toBe("");
        expect(hasFocus()).toBe(true);
        expect(composer.emitted("sent")).toBeUndefined();
        done("m7");
        await flushPromises();
        expect(composer.emitted("sent")).toEqual([["m7"]]);
    });

    it("is not possible without a word", async () => {
        const { field, press, isDisabled, submitted } = open();
        expect(isDisabled("Send")).toBe(true);
        await field().setValue("  \n ");
        await press("Enter");
        expect(submitted()).toEqual([]);
    });

    it("brings the text back when it fails, and says why", async () => {
        const { staged, field, text, button } = open();
        staged.onSubmit = async () => {
            throw new ApiError("RATE_LIMIT_EXCEEDED", 429, "slow down");
        };
        await field().setValue("Hello");
        await button("Send").trigger("click");
        await flushPromises();
        expect(text()).toBe("Hello");
        expect(composer.get("[role=alert]").text()).toBe("Too many requests. Please wait a moment.");
        await field().setValue("Hello!");
        expect(composer.find("[role=alert]").exists()).toBe(false);
    });

    it("does not bring it back into another dialog", async () => {
        const { staged, field, text, press } = open();
        let fail: (error: Error) => void = () => undefined;
        staged.onSubmit = () => new Promise((_, reject) => (fail = reject));
        await field().setValue("for Jonas");
        await press("Enter");
        staged.id.value = "d2";
        staged.draft.value = "";
        fail(new Error("no"));
        await flushPromises();
        expect(text()).toBe("");
    });

    it("keeps what is written while it goes", async () => {
        const { staged, field, text, press } = open();
        let done: (id: string) => void = () => undefined;
        staged.onSubmit = () => {
            staged.draft.value = "";
            return new Promise((resolve) => (done = resolve));
        };
        await field().setValue("one");
        await press("Enter");
        await field().setValue("two");
        done("m1");
        await flushPromises();
        expect(text()).toBe("two");
    });
});

describe("drafts", () => {
    it("are kept at each change, and others are told that one types", async () => {
        const { staged, field } = open();
        await field().setValue("Hel");
        expect(staged.wants).toEqual([["setDraft", "<p>Hel</p>"], ["typed"]]);
    });

    it("change with the dialog", async () => {
        const { staged, text } = open();
        staged.draft.value = "<p>one</p>";
        await nextTick();
        expect(text()).toBe("one");
        staged.id.value = "d2";
        staged.draft.value = "<p>two</p>";
        await nextTick();
        expect(text()).toBe("two");
    });

    it("with formats wait for the rich field instead of losing them", async () => {
        const { staged, field } = open();
        staged.draft.value = "<p><strong>bold</strong></p>";
        await nextTick();
        expect(field().attributes("readonly")).toBeDefined();
    });
});

describe("answering and changing", () => {
    it("shows what is answered and ends with Esc, which nothing else hears", async () => {
        const { staged, press, hasFocus } = open();
        const heard = vi.fn();
        document.body.addEventListener("keydown", heard, { once: true });
        staged.context.composer.replyTo(aMessage({ content: "<p>The <b>container</b> is here</p>", sender_id: PEOPLE.jonas.id }));
        await flushPromises();
        expect(composer.text()).toContain(`Reply to ${PEOPLE.jonas.name}`);
        expect(composer.text()).toContain("The container is here");
        expect(hasFocus()).toBe(true);
        await press("Escape");
        expect(staged.mode.value.kind).toBe("new");
        expect(heard).not.toHaveBeenCalled();
        await press("Escape");
        expect(heard).toHaveBeenCalledOnce();
    });

    it("takes the last own message with ↑ in an empty field", async () => {
        const { staged, press, text } = open();
        staged.items.value = [anItem({ id: "1", content: "<p>mine</p>" }), anItem({ id: "2" }, false)];
        await press("ArrowUp");
        expect(staged.mode.value).toMatchObject({ kind: "edit", message: { id: "1" } });
        expect(text()).toBe("mine");
        expect(composer.text()).toContain("Editing a message");
    });

    it("leaves ↑ alone when something is written", async () => {
        const { staged, field, press } = open();
        staged.items.value = [anItem()];
        await field().setValue("a");
        await press("ArrowUp");
        expect(staged.mode.value.kind).toBe("new");
    });

    it("saves without files, and tells of no new message", async () => {
        const { staged, field, press, submitted } = open();
        staged.onSubmit = async () => {
            staged.mode.value = { kind: "new" };
            staged.draft.value = "";
            return null;
        };
        staged.context.composer.edit(aMessage({ content: "<p>old</p>" }));
        await flushPromises();
        await field().setValue("new");
        await press("Enter");
        await flushPromises();
        expect(submitted()).toEqual([["submit", "<p>new</p>", undefined]]);
        expect(composer.emitted("sent")).toBeUndefined();
    });

    it("keeps what was changed when saving fails", async () => {
        const { staged, field, text, press } = open();
        staged.onSubmit = async () => {
            throw new ApiError("MESSAGE_NOT_FOUND", 404, "gone");
        };
        staged.context.composer.edit(aMessage({ content: "<p>old</p>" }));
        await flushPromises();
        await field().setValue("new");
        await press("Enter");
        await flushPromises();
        expect(text()).toBe("new");
        expect(composer.get("[role=alert]").text()).toBe("This is not there any more.");
    });

    it("may take the words from a message with files, not from one without", async () => {
        const { staged, field, isDisabled } = open();
        staged.context.composer.edit(aMessage({ content: "<p>old</p>" }));
        await flushPromises();
        await field().setValue("");
        expect(isDisabled("Save")).toBe(true);
        staged.context.composer.edit(aMessage({ content: "<p>old</p>", attachments: [anAttachment()] }));
        await flushPromises();
        await field().setValue("");
        expect(isDisabled("Save")).toBe(false);
    });

    it("asks nobody when nothing was changed", async () => {
        const { staged, press, submitted } = open();
        staged.context.composer.edit(aMessage({ content: "<p>old</p>" }));
        await flushPromises();
        await press("Enter");
        expect(submitted()).toEqual([]);
        expect(staged.mode.value.kind).toBe("new");
    });
});

describe("files", () => {
    it("are attached when they are pasted, and text is not", async () => {
        const { staged, field } = open();
        const picture = new File(["x"], "scan.png", { type: "image/png" });
        const paste = (data: DataTransfer) => field().trigger("paste", { clipboardData: data });
        await paste(aTransfer([picture], { "text/plain": "1\t2" }));
        await paste(aTransfer([picture]));
        expect(staged.wants).toEqual([["add", picture]]);
    });

    it("may be sent without a word, and go from the tray when they are", async () => {
        const { staged, button, submitted } = open();
        staged.files.value = [aPending()];
        await nextTick();
        await button("Send").trigger("click");
        await flushPromises();
        expect(submitted()).toMatchObject([["submit", "", [{ filename: "invoice.pdf" }]]]);
        expect(staged.files.value).toEqual([]);
    });

    it.each([
        [aPending({ status: "uploading", progress: 40 }), "Wait for the files to upload"],
        [aPending({ status: "error", error: "errors.upload_failed" }), "Remove the files that failed, or try them again"],
    ])("hold a message back until all is well: %#", async (file, hint) => {
        const { staged, field, press, isDisabled, submitted } = open();
        await field().setValue("Hello");
        staged.files.value = [file];
        await nextTick();
        expect(isDisabled("Send")).toBe(true);
        await press("Enter");
        expect(submitted()).toEqual([]);
        expect(composer.get(".mtchat-composer__note").text()).toBe(hint);
    });

    it("stay when sending fails", async () => {
        const { staged, button } = open();
        staged.files.value = [aPending()];
        staged.onSubmit = () => Promise.reject(new Error("no"));
        await nextTick();
        await button("Send").trigger("click");
        await flushPromises();
        expect(staged.files.value).toHaveLength(1);
    });

    it("are not part of a change", async () => {
        const { staged } = open();
        staged.files.value = [aPending()];
        staged.context.composer.edit(aMessage());
        await nextTick();
        expect(composer.find(".mtchat-tray").exists()).toBe(false);
        expect(composer.find('[aria-label="Attach files"]').exists()).toBe(false);
    });
});

describe("a long text", () => {
    it("is counted before it is too long, and refused then", async () => {
        const { field, isDisabled, press, submitted } = open();
        const frame = "<p></p>".length;
        await field().setValue("a".repeat(COUNT_FROM - frame));
        expect(composer.get("[role=status]").text()).toBe("48,000 of 50,000 characters");
        expect(isDisabled("Send")).toBe(false);
        await field().setValue("a".repeat(MAX_LENGTH - frame + 1));
        expect(composer.get("[role=alert]").text()).toBe("The message is too long: 50,001 of 50,000 characters");
        expect(isDisabled("Send")).toBe(true);
        await press("Enter");
        expect(submitted()).toEqual([]);
    });
});
