import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { aMessage, anAttachment, aParticipant, at } from "../testing/fixtures.js";
import InfoPanel from "./InfoPanel.vue";
import { type Stage, type StageOptions, stage } from "./mounting.js";

let shown: Stage;
function show(options: StageOptions = {}): Stage {
    shown = stage(InfoPanel, options);
    return shown;
}
afterEach(() => shown.wrapper.unmount());

const people = () => shown.wrapper.findAll(".mtchat-person");
const fact = (text: string) => shown.wrapper.findAll("dt").find((term) => term.text() === text)!.element.nextElementSibling!;

describe("about a chat", () => {
    it("is closed by its button and by Esc", async () => {
        show();
        await shown.wrapper.get("[title='Close']").trigger("click");
        await shown.wrapper.get("section").trigger("keydown", { key: "Escape" });
        expect(shown.panel.emitted("close")).toHaveLength(2);
    });

    it("has no header where the host wants none", () => {
        expect(show({ props: { showHeader: false } }).wrapper.find("header").exists()).toBe(false);
    });

    it("says what it belongs to and since when it is there", () => {
        show({ dialog: { object_url: null, created_at: "2026-11-03T12:00:00Z" } });
        expect(fact("Belongs to").textContent).toContain("order/1042");
        expect(fact("Created").textContent).toContain("November 3, 2026");
    });

    it("leads to the object, or lets the host do that", async () => {
        show({ dialog: { object_url: "https://shop.example/1" } });
        expect(shown.wrapper.get("a[target='_blank']").attributes()).toMatchObject({ href: "https://shop.example/1", rel: "noopener noreferrer" });
        shown.wrapper.unmount();
        show({ dialog: { object_url: null }, props: { interceptObjectNavigation: true } });
        await shown.wrapper.get("dd button").trigger("click");
        expect(shown.panel.emitted("object-navigate")![0]).toMatchObject([{ dialog: { id: "d" } }]);
    });
});

describe("its people", () => {
    it("stand together by company, in the order that they come in", () => {
        show({ participants: ["anna", "jonas", "tom", "maria"].map((user_id) => aParticipant({ user_id })) });
        expect(shown.wrapper.findAll("h4").map((heading) => heading.text().replace(/^[A-ZА-Я]{2}/u, ""))).toEqual([
            "Northwind Freight",
            "Altona Logistik",
            "Солнечный порт",
        ]);
        expect(people().map((row) => row.get(".mtchat-person__name-text").text())).toEqual([
            "Anna Keller",
            "Tom Okafor",
            "Jonas Brandt",
            "Мария Орлова",
        ]);
    });

    it.each([
        [{ joined_as: "creator" }, "Began the chat"],
        [{ role: "owner" }, "Owner"],
        [{ role: "moderator" }, "Moderator"],
        [{ role: "read_only" }, "Reads only"],
    ] as const)("have a mark for %j", (more, text) => {
        show({ participants: [aParticipant({ user_id: "jonas", ...more })] });
        expect(people()[0]!.text()).toContain(text);
    });

    it("are reached by mail and phone", () => {
        show({ participants: [aParticipant({ user_id: "jonas" })] });
        const links = people()[0]!.findAll("a").map((link) => link.attributes("href"));
        expect(links).toEqual(["mailto:j.brandt@altona.example", "tel:+494098765420"]);
    });

    it("show what is no address as text", () => {
        show({ participants: [aParticipant({ email: "ask me", phone: "javascript:alert(1)" })] });
        expect(people()[0]!.find("a").exists()).toBe(false);
        expect(people()[0]!.text()).toContain("ask me");
    });

    it("are online, or were there last at some time, but for oneself", async () => {
        show({ participants: [aParticipant({ user_id: "anna", is_online: true }), aParticipant({ user_id: "jonas", last_seen: at(-60 * 24 * 30) })] });
        expect(people()[0]!.text()).toContain("(you)");
        expect(people()[0]!.find(".mtchat-person__presence").exists()).toBe(false);
        expect(people()[1]!.text()).toMatch(/Last seen .*25/u);
        shown.participants.value = [aParticipant({ user_id: "jonas", is_online: true })];
        await flushPromises();
        expect(people()[0]!.text()).toContain("Online");
    });
});

describe("its files", () => {
    const withFiles = (count: number) => {
        const attachments = Array.from({ length: count }, (_, n) => anAttachment({ id: `f${n}`, filename: `file-${n}.pdf` }));
        return { kind: "message", key: "m", message: aMessage({ attachments }), isOwn: false, isFirst: true, isLast: true } as const;
    };

    it("open in the viewer, all of them, at the one that was chosen", async () => {
        show();
        shown.items.value = [withFiles(3)];
        await flushPromises();
        await shown.wrapper.get("[title='Open file-1.pdf']").trigger("click");
        expect(shown.overlays.current.value).toMatchObject({ kind: "viewer", index: 1, files: [{ id: "f0" }, { id: "f1" }, { id: "f2" }] });
    });

    it("are few until one asks for all", async () => {
        show();
        shown.items.value = [withFiles(9)];
        await flushPromises();
        expect(shown.wrapper.findAll(".mtchat-info__file")).toHaveLength(6);
        await shown.wrapper.findAll("button").find((one) => one.text() === "Show 3 more")!.trigger("click");
        expect(shown.wrapper.findAll(".mtchat-info__file")).toHaveLength(9);
    });

    it("are none: it says so", () => {
        expect(show().wrapper.text()).toContain("No files in the messages loaded so far");
    });

    it("are not shown to who is not in the chat", () => {
        expect(show({ dialog: { i_am_participant: false } }).wrapper.text()).not.toContain("Shared files");
    });
});
