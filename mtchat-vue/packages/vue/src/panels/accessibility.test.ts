import axe from "axe-core";
import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Component } from "vue";
import { aDialog, aMessage, aParticipant, anAttachment } from "../testing/fixtures.js";
import { StoryClient } from "../testing/story-client.js";
import ChatHeader from "./ChatHeader.vue";
import ConfirmDialog from "./ConfirmDialog.vue";
import ConnectionBanner from "./ConnectionBanner.vue";
import HistoryDialog from "./HistoryDialog.vue";
import InfoPanel from "./InfoPanel.vue";
import JoinDialog from "./JoinDialog.vue";
import JoinScreen from "./JoinScreen.vue";
import { type Stage, type StageOptions, stage } from "./mounting.js";
import Placeholder from "./Placeholder.vue";
import ReadersDialog from "./ReadersDialog.vue";
import SearchPanel from "./SearchPanel.vue";

let shown: Stage;
afterEach(() => shown.wrapper.unmount());

const everybody = ["anna", "jonas", "maria"].map((user_id) => aParticipant({ user_id, is_online: true, joined_as: "creator" }));
const message = aMessage({ dialog_id: "d", sender_id: "anna", attachments: [anAttachment()] });
const stranger = aDialog({ id: "d", i_am_participant: false });
const found = { results: [{ message: { id: "m", dialog_id: "d", sender_id: "jonas", sent_at: message.sent_at, seq: 1 }, snippet: "a <mark>b</mark>", dialog: stranger, rank: 1 }] };
const client = () =>
    new StoryClient(
        { participants: new Map([["d", everybody]]), connection: { ended: "no_access" } },
        { search: async () => found, history: async () => [{ content: "before", edited_at: message.sent_at }] },
    );

async function searched(on: Stage): Promise<void> {
    await on.wrapper.get("input").setValue("b");
    await vi.waitFor(() => expect(on.wrapper.find("[role='option']").exists()).toBe(true), { timeout: 10_000 });
}

const PANELS: [string, Component, StageOptions, ((stage: Stage) => Promise<unknown>)?][] = [
    ["header", ChatHeader, { props: { showBack: true }, dialog: { is_archived: true, frozen: true } }],
    ["header's menu", ChatHeader, {}, (on) => on.wrapper.get("[aria-haspopup='menu']").trigger("click")],
    ["info panel", InfoPanel, { participants: everybody }, async (on) => void (on.items.value = [{ kind: "message", key: "m", message, isOwn: true, isFirst: true, isLast: true }])],
    ["search", SearchPanel, {}, searched],
    ["banner", ConnectionBanner, {}],
    ["join screen", JoinScreen, { dialog: stranger }],
    ["join dialog", JoinDialog, { props: { dialog: stranger }, dialog: stranger }],
    ["readers", ReadersDialog, { props: { message } }],
    ["history", HistoryDialog, { props: { message } }],
    ["question", ConfirmDialog, { props: { options: { title: "Sure?", text: "It is gone then.", confirmLabel: "Delete", danger: true } } }],
    ["placeholder", Placeholder, {}],
];

describe("for people who do not see or do not use a mouse", () => {
    it.each(PANELS)("the %s has no flaws that can be found by rules", async (_name, panel, options, before) => {
        shown = stage(panel, { client: client(), ...options });
        await before?.(shown);
        await flushPromises();
        // Colours are tested with the tokens: nothing is painted here.
        const rules = { "color-contrast": { enabled: false }, region: { enabled: false } };
        const { violations } = await axe.run(shown.wrapper.element as Element, { rules });
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
    });
});
