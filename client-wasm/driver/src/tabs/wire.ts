import type { ClientErrorCode } from "../errors.js";
import type { Diff, Intent } from "../generated/core.js";
import type { Batch } from "../view/view.js";

/** Another one whenever tabs with an older package could not understand this any more: those with 1 know of no files. */
export const VERSION = 2;

/** What a tab needs for as long as it is there. It is told whole, so that it is the same however often it is told. */
export interface Needs {
    /** To be connected. */
    connect: boolean;
    /** To see what may be joined. */
    available: boolean;
    /** To look at these dialogs. */
    open: string[];
    /** To have it known that this one is on its screen. Absent from tabs with an older package. */
    viewing?: string | null;
}

/** Something that a tab wants once. It is repeated until it is done: that must do no harm. */
export interface Numbered {
    number: number;
    intent: Intent;
}

/** What a tab tells the hub. */
export type FromTab =
    /** A tab that does not know the hub `to` yet, or, without it, any: all that it needs, and what was not done before. */
    | { type: "hello"; tab: string; to?: string | null; needs: Needs; wants: Numbered[] }
    | { type: "needs"; tab: string; needs: Needs }
    | { type: "wants"; tab: string; want: Numbered }
    /** Worth nothing a moment later, so it is not repeated. */
    | { type: "typing"; tab: string; dialog: string }
    /** The tab is looked at. */
    | { type: "woke"; tab: string }
    /** Is anybody there? */
    | { type: "anybody"; tab: string }
    | { type: "bye"; tab: string };

/** What the hub tells tabs. */
export type FromHub =
    /** There is a new hub; or, to one tab, the hub does not know it. */
    | { type: "leads"; hub: string; to?: string }
    /** The answer to `anybody`. */
    | { type: "here"; hub: string; to: string }
    /** The answer to `hello`: everything up to batch number `at`. */
    | { type: "welcome"; hub: string; to: string; at: number; diffs: readonly Diff[]; settled: boolean }
    | { type: "batch"; hub: string; at: number; batch: Batch }
    /** What was wanted is done, or can not be. */
    | { type: "done"; hub: string; to: string; number: number; error?: string }
    /** Something went wrong that concerns everybody. */
    | { type: "trouble"; hub: string; code: ClientErrorCode; message: string };

/** Between tabs: text of both kinds goes over one channel, and everybody hears everything but their own. */
export type Wire = FromTab | FromHub;
