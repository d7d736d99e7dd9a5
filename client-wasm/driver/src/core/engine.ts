import type { Clock } from "../clock.js";
import { ClientError, asError } from "../errors.js";
import type { Input, Output } from "../generated/core.js";

/** The core as it is compiled: texts are JSON but for frames and bodies, times are milliseconds since 1970. */
export interface Core {
    restore(now: number, kept: string): void;
    want(now: number, intent: string): void;
    opened(now: number, socket: number): void;
    frame(now: number, socket: number, text: string): void;
    closed(now: number, socket: number, code: number | null): void;
    answered(
        now: number,
        request: number,
        status: number,
        body: string,
        position: string | null,
        nextCursor: string | null,
        retryAfter: number | null,
    ): void;
    unanswered(now: number, request: number): void;
    token(now: number, token: string | null): void;
    online(now: number, online: boolean): void;
    woke(now: number): void;
    handle_timeout(now: number): void;
    poll_outputs(): string;
    poll_actions(): string;
    poll_timeout(): number | undefined;
    free(): void;
    /** Let go of it without freeing it. */
    __destroy_into_raw(): unknown;
}

/** How a new core comes to be. */
export type MakeCore = () => Promise<Core>;

/** An input that the core can not read. Nothing has happened. */
export class UnreadableInput extends Error {}

/** A core with a clock: what happens goes in, what is to be done comes out. */
export class Engine {
    private broken: ClientError | null = null;

    constructor(
        private readonly core: Core,
        private readonly clock: Clock,
    ) {}

    /** Something happened. */
    handle(input: Input): Output[] {
        return this.run(() => tell(this.core, this.clock.now(), input));
    }

    /** The same, but what is to be shown waits for {@link show}: when much happens at once, showing it once costs a third. */
    handleUnseen(input: Input): Output[] {
        return this.run(() => tell(this.core, this.clock.now(), input), false);
    }

    /** What is to be shown by now. */
    show(): Output[] {
        return this.run(() => undefined);
    }

    /** The time has come that {@link dueIn} named. */
    handleTimeout(): Output[] {
        return this.run(() => this.core.handle_timeout(this.clock.now()));
    }

    /** In how many milliseconds the core wants to be called; `null`: not at all, unless something happens. */
    dueIn(): number | null {
        const due = this.core.poll_timeout();
        return due === undefined ? null : Math.max(0, due - this.clock.now());
    }

    /** Nothing more is wanted of it. */
    free(): void {
        if (this.broken === null) this.core.free();
        // What is broken may break again when it is freed, by the garbage collector too. Its memory goes with the instance.
        else this.core.__destroy_into_raw();
    }

    private run(step: () => void, isSeen = true): Output[] {
        if (this.broken !== null) throw this.broken;
        try {
            step();
            return JSON.parse(isSeen ? this.core.poll_outputs() : this.core.poll_actions()) as Output[];
        } catch (thrown) {
            // What the core refuses comes as a text; anything else is a trap, after which nothing in it can be relied on.
            if (typeof thrown === "string") throw new UnreadableInput(thrown);
            const cause = asError(thrown);
            this.broken = new ClientError("core_broken", `the core has broken: ${cause.message}`, { cause });
            throw this.broken;
        }
    }
}

function tell(core: Core, now: number, input: Input): void {
    if (input === "woke") core.woke(now);
    else if ("wants" in input) core.want(now, JSON.stringify(input.wants));
    else if ("opened" in input) core.opened(now, input.opened);
    else if ("frame" in input) core.frame(now, input.frame.socket, input.frame.text);
    else if ("closed" in input) core.closed(now, input.closed.socket, input.closed.code);
    else if ("token" in input) core.token(now, input.token);
    else if ("online" in input) core.online(now, input.online);
    else if ("restored" in input) core.restore(now, JSON.stringify(input.restored));
    else if (input.answered.answer === "nothing") core.unanswered(now, input.answered.request);
    else {
        const { status, body, position, next_cursor, retry_after } = input.answered.answer.response;
        core.answered(now, input.answered.request, status, body, position, next_cursor, retry_after);
    }
}
