import { ApiError, type ParticipantRow } from "@mtchat/client";
import Composer from "@parts/composer/Composer.vue";
import DropOverlay from "@parts/composer/DropOverlay.vue";
import EmojiPicker from "@parts/composer/EmojiPicker.vue";
import type { Answers, StoryClient } from "@parts/testing/story-client.js";
import { type Act, found, inTurn, press, shown, writeRich } from "../src/acts.js";
import type { Family, Story } from "../src/story.js";
import WithMode from "./composer/WithMode.vue";
import { busy } from "./world/clients.js";
import { AVAILABLE, DIALOGS, OPEN } from "./world/dialogs.js";
import { MESSAGES, PARTICIPANTS } from "./world/timeline.js";

const base = { component: Composer, dialog: OPEN, width: 720 } satisfies Partial<Story>;
/** High enough for what opens above the field. */
const ROOMY = { ...base, component: WithMode, height: 520 } satisfies Partial<Story>;

const drafting = (content: string) => () => busy({ drafts: new Map([[OPEN, content]]) });
const frozen = () => busy({ dialogs: DIALOGS.map((dialog) => (dialog.id === OPEN ? { ...dialog, frozen: true } : dialog)) });
const readOnly = () => busy({ participants: new Map([[OPEN, PARTICIPANTS.map((row): ParticipantRow => (row.user_id === "anna" ? { ...row, role: "read_only" } : row))]]) });

/** One file is there, one on its way, one was refused by the server and one is of a kind that nobody takes. */
function uploading(): StoryClient {
    const upload: Answers["upload"] = async (_, file, options) => {
        const { name = "", type, size } = file as File;
        if (name.startsWith("seal")) throw new ApiError("FILE_TOO_LARGE", 413, "too large");
        options?.onProgress?.(0.6);
        if (name.startsWith("packing")) return new Promise(() => undefined);
        return { s3_key: "uploads/1", filename: name, content_type: type, size };
    };
    return busy({}, { upload });
}

const choose: Act = async () => {
    const input = await found<HTMLInputElement>("input[type='file']");
    const chosen = new DataTransfer();
    const files = [
        ["bill-of-lading.pdf", "application/pdf"],
        ["packing-list-with-a-name-that-is-too-long-for-a-card.csv", "text/csv"],
        ["seal.zip", "application/zip"],
        ["setup.exe", "application/x-msdownload"],
    ] as const;
    for (const [name, type] of files) chosen.items.add(new File(["x".repeat(2_000)], name, { type }));
    input.files = chosen.files;
    input.dispatchEvent(new Event("change"));
    await found("[role='progressbar'], progress");
};

export default {
    title: "Composer",
    stories: [
        { ...base, id: "composer", title: "Empty", client: () => busy() },
        { ...base, id: "composer-draft", title: "A draft", client: drafting("<p>The <strong>vessel</strong> has a delay of</p><ul><li><p>two days</p></li></ul>") },
        { ...base, id: "composer-toolbar", title: "With the bar of formats", client: drafting("<p>The <strong>vessel</strong> has a delay.</p>"), act: inTurn(press(".mtchat-composer__button--format"), shown(".mtchat-toolbar")) },
        { ...base, id: "composer-too-long", title: "Longer than a message may be", client: drafting(`<p>${"Cut-off is 18:00. ".repeat(3_000)}</p>`), act: shown(".mtchat-composer__note") },
        { ...ROOMY, id: "composer-reply", title: "An answer", client: () => busy(), props: { reply: MESSAGES.at(-2)! } },
        { ...ROOMY, id: "composer-edit", title: "Another wording", client: () => busy(), props: { edit: MESSAGES.at(-4)! } },
        { ...ROOMY, id: "composer-files", title: "With files", client: uploading, act: choose },
        { ...ROOMY, id: "composer-mention", title: "Mentioning somebody", client: () => busy(), act: inTurn(writeRich("@"), shown("[role='listbox']")) },
        { ...ROOMY, id: "composer-link", title: "Where a link leads", client: () => busy(), act: inTurn(press(".mtchat-composer__button--format", ".mtchat-toolbar [aria-label='Link']"), shown("dialog[open], [role='dialog']")) },
        { ...ROOMY, id: "composer-emoji", title: "Choosing an emoji", client: () => busy(), act: inTurn(press("[aria-haspopup='dialog']"), shown(".mtchat-emoji__one")) },
        { ...base, id: "composer-narrow", title: "Narrow", client: () => busy(), width: 320, act: inTurn(press(".mtchat-composer__button--format"), shown(".mtchat-toolbar")) },
        { ...base, id: "composer-frozen", title: "Nobody may write", client: frozen },
        { ...base, id: "composer-read-only", title: "One may not write", client: readOnly },
        { ...base, id: "composer-outside", title: "Of somebody who has not joined", client: () => busy(), dialog: AVAILABLE[0]!.id },
        { id: "emoji-picker", title: "Emoji", component: EmojiPicker, client: () => busy(), width: 340, act: shown(".mtchat-emoji__one") },
        { id: "drop", title: "Files are over the chat", component: DropOverlay, client: () => busy(), width: 640, height: 320, props: { shown: true } },
    ],
} satisfies Family;
