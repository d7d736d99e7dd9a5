import { flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CHAT_KEY } from "../chat/types.js";
import { createI18n, I18N_KEY } from "../i18n/i18n.js";
import { anAttachment } from "../testing/fixtures.js";
import { storyChat, StoryClient, type Answers } from "../testing/story-client.js";
import FileViewer from "./FileViewer.vue";
import { PdfError } from "./pdf/documents.js";

const openPdf = vi.hoisted(() => vi.fn());
vi.mock("./pdf/documents.js", async (original) => ({ ...(await original<typeof import("./pdf/documents.js")>()), openPdf }));
const downloadFile = vi.hoisted(() => vi.fn());
vi.mock("../files/download.js", () => ({ downloadFile }));

beforeEach(() => {
    vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(800);
    vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
    openPdf.mockReset();
    downloadFile.mockReset();
});
let unmount = () => {};
afterEach(() => {
    unmount();
    vi.restoreAllMocks();
});

const PNG = anAttachment({ filename: "gate.png", content_type: "image/png", width: 400, height: 300, url: "https://files.example/gate.png", thumbnail_url: "https://files.example/small" });
const PDF = anAttachment({ filename: "bill.pdf" });
const ZIP = anAttachment({ filename: "all.zip", content_type: "application/zip", size: 2_097_152 });
const FILES = [PNG, PDF, ZIP];

async function viewer(props: Partial<InstanceType<typeof FileViewer>["$props"]> = {}, answers: Answers | null = {}) {
    const client = new StoryClient({}, answers ?? {});
    const wrapper = mount(FileViewer, {
        props: { show: true, files: FILES, ...props },
        attachTo: document.body,
        global: {
            provide: { [I18N_KEY as symbol]: createI18n({ locale: "en" }), ...(answers && { [CHAT_KEY as symbol]: storyChat(client) }) },
        },
    });
    unmount = () => wrapper.unmount();
    await flushPromises();
    const dialog = () => wrapper.find("dialog");
    const press = async (key: string, more: object = {}) => {
        await dialog().trigger("keydown", { key, ...more });
        await flushPromises();
    };
    const button = (label: string) => wrapper.findAll("button").find((one) => (one.attributes("aria-label") ?? one.text()).startsWith(label))!;
    const scale = () => Number(/scale\(([\d.]+)\)/.exec(wrapper.find(".mtchat-viewer__content").attributes("style") ?? "")?.[1]);
    const name = () => wrapper.find(".mtchat-viewer__name").text();
    return { client, wrapper, dialog, press, button, scale, name };
}

describe("the viewer", () => {
    it("is a modal dialog over what is there, and nothing before it is shown", async () => {
        const { dialog, wrapper } = await viewer({ show: false });
        expect(dialog().exists()).toBe(false);
        await wrapper.setProps({ show: true });
        await flushPromises();
        expect((dialog().element as HTMLDialogElement).open).toBe(true);
        expect(dialog().attributes("aria-label")).toBe("File viewer");
    });

    it("begins where it was asked to, also when it is shown again", async () => {
        const { name, wrapper, press } = await viewer({ initialIndex: 2 });
        expect(name()).toBe("all.zip");
        await press("ArrowLeft");
        await wrapper.setProps({ show: false });
        await wrapper.setProps({ show: true, initialIndex: 0 });
        expect(name()).toBe("gate.png");
    });

    it("goes through all files by keys and buttons, and stops at the ends", async () => {
        openPdf.mockReturnValue(new Promise(() => {}));
        const { name, press, button, wrapper } = await viewer();
        expect(wrapper.text()).toContain("1 of 3");
        expect(button("Previous").attributes("aria-disabled")).toBe("true");
        await press("ArrowLeft");
        expect(name()).toBe("gate.png");
        await press("ArrowRight");
        await button("Next").trigger("click");
        expect(name()).toBe("all.zip");
        expect(wrapper.find("[aria-live]").text()).toBe("all.zip, file 3 of 3");
        expect(button("Next").attributes("aria-disabled")).toBe("true");
        await press("ArrowRight");
        expect(name()).toBe("all.zip");
    });

    it("closes by Esc, ×, and the system's own way", async () => {
        const { press, button, dialog, wrapper } = await viewer();
        await press("Escape");
        await button("Close").trigger("click");
        await dialog().trigger("cancel");
        expect(wrapper.emitted("close")).toHaveLength(3);
    });

    it("zooms by keys and says how much", async () => {
        const { press, scale, wrapper } = await viewer();
        expect(scale()).toBe(1);
        await press("+");
        expect(scale()).toBe(1.25);
        await press("=");
        await press("-");
        expect(scale()).toBe(1.25);
        expect(wrapper.find(".mtchat-viewer__percent").text()).toBe("125%");
        await press("0");
        expect(scale()).toBe(1);
        await press("+", { ctrlKey: true });
        expect(scale()).toBe(1);
    });

    it("goes on when a file is deleted meanwhile, and ends with the last", async () => {
        const { name, wrapper } = await viewer({ initialIndex: 2 });
        await wrapper.setProps({ files: [PNG] });
        expect(name()).toBe("gate.png");
        expect(wrapper.find("[aria-label='Next file']").exists()).toBe(false);
        await wrapper.setProps({ files: [] });
        expect(wrapper.emitted("close")).toHaveLength(1);
    });
});

describe("a picture", () => {
    it("has its place before it is there, and the small one in it", async () => {
        const { wrapper } = await viewer();
        const frame = wrapper.find(".mtchat-viewer__image");
        expect(frame.attributes("style")).toContain("width: 400px");
        expect(wrapper.find(".mtchat-viewer__thumbnail").attributes("src")).toBe(PNG.thumbnail_url);
        expect(wrapper.find("[role=status], [aria-label='Loading…']").exists()).toBe(true);
        await wrapper.find("img[alt='gate.png']").trigger("load");
        expect(wrapper.find(".mtchat-viewer__thumbnail").exists()).toBe(false);
    });

    it("is asked for anew when its link has ended, shown small when that does not help, then a card with a way to try again", async () => {
        const { wrapper, button, client } = await viewer({}, { attachmentLinks: async () => ({ url: "https://files.example/fresh", thumbnail_url: null, expires_in: 1 }) });
        const picture = () => wrapper.find("img[alt='gate.png']");
        await picture().trigger("error");
        await flushPromises();
        expect(picture().attributes("src")).toBe("https://files.example/fresh");
        await picture().trigger("error");
        expect(picture().attributes("src")).toBe(PNG.thumbnail_url);
        await picture().trigger("error");
        expect(wrapper.text()).toContain("The image could not be shown");
        await button("Try again").trigger("click");
        await flushPromises();
        expect(picture().exists()).toBe(true);
        expect(client.wanted("attachmentLinks")).toHaveLength(2);
    });
});

describe("a document", () => {
    const page = { getViewport: ({ scale }: { scale: number }) => ({ width: 595 * scale, height: 842 * scale }), render: () => ({ promise: Promise.resolve(), cancel() {} }) };
    const document_ = (numPages: number) => ({ document: { numPages, getPage: async () => page }, close: vi.fn() });

    it("shows its pages and tells which one is looked at", async () => {
        openPdf.mockResolvedValue(document_(3));
        const { wrapper } = await viewer({ initialIndex: 1 });
        await vi.waitFor(() => expect(wrapper.findAll("canvas")).toHaveLength(3));
        expect(wrapper.findAll("canvas").map((canvas) => canvas.attributes("aria-label"))).toEqual(["Page 1 of 3", "Page 2 of 3", "Page 3 of 3"]);
        expect(wrapper.find(".mtchat-viewer__details").text()).toContain("Page 1 of 3");
    });

    it("is scrolled by keys", async () => {
        openPdf.mockResolvedValue(document_(3));
        const { wrapper, press } = await viewer({ initialIndex: 1 });
        await vi.waitFor(() => expect(wrapper.findAll("canvas")).toHaveLength(3));
        await press("End");
        expect(wrapper.find(".mtchat-viewer__details").text()).toContain("Page 3 of 3");
        await press("Home");
        expect(wrapper.find(".mtchat-viewer__details").text()).toContain("Page 1 of 3");
    });

    it("is closed when another file is looked at", async () => {
        const opened = document_(1);
        openPdf.mockResolvedValue(opened);
        const { wrapper, press } = await viewer({ initialIndex: 1 });
        await vi.waitFor(() => expect(wrapper.find("canvas").exists()).toBe(true));
        await press("ArrowLeft");
        expect(opened.close).toHaveBeenCalledOnce();
    });

    it.each([
        ["password" as const, "The document is protected by a password"],
        ["broken" as const, "The document could not be shown"],
    ])("says why it can not be shown: %s", async (failure, words) => {
        openPdf.mockRejectedValue(new PdfError(failure, null));
        const { wrapper } = await viewer({ initialIndex: 1 });
        await vi.waitFor(() => expect(wrapper.text()).toContain(words));
    });

    it("is fetched with a fresh link when the old one has ended", async () => {
        openPdf.mockRejectedValueOnce(new PdfError("unreachable", null)).mockResolvedValueOnce(document_(1));
        const { wrapper } = await viewer({ initialIndex: 1 }, { attachmentLinks: async () => ({ url: "https://files.example/fresh.pdf", thumbnail_url: null, expires_in: 1 }) });
        await vi.waitFor(() => expect(wrapper.find("canvas").exists()).toBe(true));
        expect(openPdf.mock.calls.map(([url]) => url)).toEqual([PDF.url, "https://files.example/fresh.pdf"]);
    });
});

describe("other files", () => {
    it("are a card with name, size and a way to have them", async () => {
        const { wrapper } = await viewer({ initialIndex: 2 });
        const card = wrapper.find(".mtchat-viewer__card");
        expect(card.text()).toContain("all.zip");
        expect(card.text()).toContain("2 MB");
        expect(card.text()).toContain("There is no preview");
        expect(wrapper.find("[aria-label='Zoom in']").attributes("aria-disabled")).toBe("true");
    });

    it("are downloaded by a fresh link", async () => {
        const { button } = await viewer({ initialIndex: 2 }, { attachmentLinks: async () => ({ url: "https://files.example/fresh.zip", thumbnail_url: null, expires_in: 1 }) });
        await button("Download").trigger("click");
        await flushPromises();
        expect(downloadFile).toHaveBeenCalledWith("https://files.example/fresh.zip", "all.zip");
    });

    it("are downloaded without a chat as well, and say when it does not work", async () => {
        const { button, wrapper } = await viewer({ files: [ZIP] }, null);
        await button("Download").trigger("click");
        await flushPromises();
        expect(downloadFile).toHaveBeenCalledWith(ZIP.url, "all.zip");
        await wrapper.setProps({ files: [{ ...ZIP, id: "other", url: "javascript:alert(1)" }] });
        await button("Download").trigger("click");
        await flushPromises();
        expect(wrapper.find("[role=alert]").text()).toContain("did not start");
    });
});
