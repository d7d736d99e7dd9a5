import { asError, ClientError } from "../errors.js";
import { newId, newIdAfter } from "../ids.js";
import { Election } from "./election.js";
import { Guest, type GuestTools } from "./guest.js";
import { Hub, type HubTools } from "./hub.js";
import { live, whenGone } from "./life.js";
import type { Channel, Platform } from "./platform.js";
import { Restarts } from "./restarts.js";
import { Watch } from "./watch.js";
import { type FromHub, type FromTab, VERSION, type Wire } from "./wire.js";

/** What a membership does its work with. */
export interface MembershipTools
    extends Omit<HubTools, "post" | "whenGone" | "broke" | "trouble" | "isShared">,
        Omit<GuestTools, "post"> {
    /** Whose tabs these are. */
    scope: string;
    platform: Platform;
    /** There is no core to be had here. */
    noCore(error: ClientError): void;
}

/** A tab among the tabs of a user: it is a guest of the one that has the hub, and may have to have it itself. */
export class Membership {
    /** This tab, as a guest. */
    readonly guest: Guest;
    private readonly platform: Platform;
    private readonly lock: string;
    private readonly election: Election;
    private readonly watch: Watch;
    private readonly restarts = new Restarts();
    private channel: Channel | null = null;
    private die: (() => void) | null = null;
    private hub: Hub | null = null;
    private member = false;

    constructor(private readonly tools: MembershipTools) {
        this.platform = tools.platform;
        this.lock = `mtchat/${VERSION}/${tools.scope}`;
        const post = (told: FromTab) => this.up(told);
        this.guest = new Guest({ ...tools, post });
        this.election = new Election(this.platform.locks, this.lock, () => this.lead(), () => this.isDeposed());
        this.watch = new Watch({
            // Whoever leads need not ask whether anybody does.
            isSeen: () => this.hub === null && this.platform.isSeen(),
            isWaiting: () => this.guest.isWaiting,
            ask: () => this.guest.ask(),
            dead: () => this.election.seize(),
        });
    }

    /** Join the others. */
    async join(): Promise<void> {
        if (this.member) return;
        this.member = true;
        // Under a name of its own for each time: the lock of the last time may not be free yet. It must be held before anybody hears
        // the name, for whoever does not hold theirs is taken to be gone.
        const id = newId();
        const die = await live(this.platform.locks, this.lifeOf(id));
        if (!this.member || this.die !== null) return die();
        this.die = die;
        this.channel = this.platform.channel(this.lock);
        this.channel.heard = (told) => this.overhears(told);
        this.guest.arrive(id);
        this.election.stand();
        this.look();
    }

    /** Go away from them, so that another one may lead. What is shown stays. */
    leave(): void {
        if (!this.member) return;
        this.member = false;
        this.watch.stop();
        this.guest.leave();
        this.endHub();
        this.election.withdraw();
        this.channel?.close();
        this.channel = null;
        this.die?.();
        this.die = null;
    }

    /** Try once more to have a core, if there was none to be had. */
    tryAgain(): void {
        if (!this.member || this.die === null) return;
        if (this.hub?.hasFailed) return this.lead();
        if (this.hub !== null) return;
        this.election.stand();
        this.look();
    }

    /** The network came or went. Whoever has the hub hears of it too. */
    online(online: boolean): void {
        this.hub?.online(online);
    }

    /** Tell all tabs what went wrong, if it is for this one to tell them. */
    tell(error: ClientError): void {
        const { hub } = this;
        if (hub === null) this.tools.trouble(error);
        else this.down({ type: "trouble", hub: hub.id, code: error.code, message: error.message });
    }

    private lead(): void {
        const hub = new Hub(newIdAfter(this.hub?.id ?? this.guest.hub), {
            ...this.tools,
            isShared: !this.platform.isAlone,
            post: (told) => this.down(told),
            trouble: (error) => this.tell(error),
            whenGone: (tab, signal, gone) => {
                // It is here, and would wait for itself.
                if (tab !== this.guest.id) whenGone(this.platform.locks, this.lifeOf(tab), signal, gone);
            },
            broke: (broken, error) => this.broke(broken, error),
        });
        this.hub = hub;
        hub.start().catch((thrown: unknown) => {
            if (this.hub !== hub) return;
            // Another tab may have more luck.
            this.endHub();
            this.election.withdraw();
            this.fail(thrown instanceof ClientError ? thrown : new ClientError("core_broken", asError(thrown).message));
        });
    }

    private endHub(): void {
        if (this.hub === null) return;
        this.hub.stop();
        this.hub = null;
        this.guest.isLeft();
    }

    /** Another tab has taken the lead: this one is its guest, and waits for its turn again. */
    private isDeposed(): void {
        this.endHub();
        if (this.member) this.election.stand();
    }

    private broke(hub: Hub, error: ClientError): void {
        if (this.hub !== hub) return;
        this.tell(error);
        if (error.code === "other_user") return hub.fail("user");
        if (!this.restarts.again()) return hub.fail("core");
        // What broke it is refused first, so that nobody wants it again of the next one.
        setTimeout(() => {
            if (this.hub === hub) this.lead();
        });
    }

    private look(): void {
        if (!this.platform.isAlone) this.watch.start();
    }

    private fail(error: ClientError): void {
        // Nobody is there, and it is known why.
        this.watch.stop();
        const { view } = this.tools;
        this.tools.changed(view.apply({ diffs: [], settled: false, failed: true }));
        this.tools.noCore(error);
    }

    /** From this tab to the hub, here or elsewhere. */
    private up(told: FromTab): void {
        if (this.hub !== null) this.hub.hear(told);
        else this.channel?.post(told);
    }

    /** From the hub to all tabs, this one included. The others first: what this one does about it may be told to them as well. */
    private down(told: FromHub): void {
        this.channel?.post(told);
        this.guest.hear(told);
    }

    private overhears(told: Wire): void {
        if ("tab" in told) return this.hub?.hear(told);
        // A hub that was taken to be dead, because its tab was frozen, hears first of all that there is another one.
        if (this.hub !== null && told.hub > this.hub.id) this.endHub();
        if (this.hub !== null) return;
        this.watch.heard();
        this.guest.hear(told);
    }

    private lifeOf(tab: string): string {
        return `${this.lock}/${tab}`;
    }
}
