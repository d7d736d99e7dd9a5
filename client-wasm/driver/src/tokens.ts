import { ClientError, asError } from "./errors.js";
import { subjectOf } from "./identity.js";

/** How long a token may take to come, in milliseconds. */
const PATIENCE = 30_000;

/** The tokens of one user: got when they are needed, kept while they are good. */
export class Tokens {
    private held: string | null = null;
    private subject: string | null = null;
    private asking: Promise<string | null> | null = null;

    constructor(private readonly getToken: () => Promise<string | null>) {}

    /** The token that is held, or another one where it was refused. `null`: there is none now. */
    get(refused: string | null = null): Promise<string | null> {
        if (this.held !== null && this.held !== refused) return Promise.resolve(this.held);
        // Whoever comes meanwhile gets the same.
        this.asking ??= this.ask().finally(() => {
            this.asking = null;
        });
        return this.asking;
    }

    private async ask(): Promise<string | null> {
        this.held = null;
        const token = await this.inTime();
        if (token === null) return null;
        const subject = subjectOf(token);
        if (this.subject !== null && subject !== null && subject !== this.subject) {
            throw new ClientError("other_user", "the token is of another user: make another client for them");
        }
        this.subject ??= subject;
        this.held = token;
        return token;
    }

    private async inTime(): Promise<string | null> {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const late = new Promise<never>((_, reject) => {
            timer = setTimeout(() => reject(new Error(`no token came within ${PATIENCE / 1000} s`)), PATIENCE);
        });
        try {
            // It may return no promise, whatever its type says.
            return (await Promise.race([(async () => this.getToken())(), late])) ?? null;
        } catch (thrown) {
            const cause = asError(thrown);
            throw new ClientError("token", `there is no token: ${cause.message}`, { cause });
        } finally {
            clearTimeout(timer);
        }
    }
}
