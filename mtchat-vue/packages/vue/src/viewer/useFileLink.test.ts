import type { AttachmentView } from "@mtchat/client";
import { flushPromises, mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { defineComponent, h, shallowRef } from "vue";
import { CHAT_KEY } from "../chat/types.js";
import { anAttachment } from "../testing/fixtures.js";
import { storyChat, StoryClient, type Answers } from "../testing/story-client.js";
import { useFileLink, type FileLink } from "./useFileLink.js";

function linked(file: Partial<AttachmentView>, answer?: Answers["attachmentLinks"]) {
    const client = new StoryClient({}, answer ? { attachmentLinks: answer } : {});
    const shown = shallowRef(anAttachment(file));
    let link!: FileLink;
    const user = defineComponent(() => {
        link = useFileLink(() => shown.value);
        return () => h("i");
    });
    mount(user, { global: { provide: answer ? { [CHAT_KEY as symbol]: storyChat(client) } : {} } });
    return { link, client, shown };
}
const links = (url: string) => ({ url, thumbnail_url: null, expires_in: 3600 });

describe("the link to a file", () => {
    it("is the one that came with it", () => {
        expect(linked({ url: "https://files.example/a.png" }).link.url.value).toBe("https://files.example/a.png");
    });

    it("is asked for where there is none", async () => {
        const { link } = linked({ url: null }, async () => links("https://files.example/fresh"));
        expect(link.url.value).toBeNull();
        await flushPromises();
        expect(link.url.value).toBe("https://files.example/fresh");
    });

    it("is replaced once when it does not work any more, and then it is over until one tries again", async () => {
        let count = 0;
        const { link } = linked({ url: "https://files.example/old" }, async () => links(`https://files.example/${++count}`));
        link.failed();
        await flushPromises();
        expect(link.url.value).toBe("https://files.example/1");
        expect(link.hasFailed.value).toBe(false);
        link.failed();
        expect(link.hasFailed.value).toBe(true);
        link.retry();
        await flushPromises();
        expect(link.hasFailed.value).toBe(false);
        expect(link.url.value).toBe("https://files.example/2");
    });

    it("has failed where the server gives none", async () => {
        const { link } = linked({ url: null }, () => Promise.reject(new Error("gone")));
        await flushPromises();
        expect(link.hasFailed.value).toBe(true);
    });

    it("has failed at once where nobody can be asked", () => {
        const { link } = linked({ url: "https://files.example/old" });
        link.failed();
        expect(link.hasFailed.value).toBe(true);
    });

    it.each(["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "/relative"])("never leads to %s", async (url) => {
        const { link } = linked({ url });
        await flushPromises();
        expect(link.url.value).toBeNull();
        expect(link.hasFailed.value).toBe(true);
    });

    it("is not changed by a late answer for another file", async () => {
        let answer!: (value: ReturnType<typeof links>) => void;
        const { link, shown } = linked({ url: null }, () => new Promise((resolve) => (answer = resolve)));
        shown.value = anAttachment({ url: "https://files.example/second" });
        await flushPromises();
        answer(links("https://files.example/first"));
        await flushPromises();
        expect(link.url.value).toBe("https://files.example/second");
    });
});
