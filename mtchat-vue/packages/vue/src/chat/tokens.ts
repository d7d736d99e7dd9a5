import type { ResolvedConfig } from "./config.js";

/** What stands for a token where there is none: a server in its insecure mode does not look at it. */
export const NO_TOKEN = "insecure";

/** Where the tokens of a chat come from: the prop `token`, then `getToken`, then `token` of the configuration. */
export class TokenSource {
    /** The fixed token that `@mtchat/client` has had already: asked for another one, it is `getToken`'s turn. */
    private used: string | undefined;

    constructor(
        private readonly config: () => ResolvedConfig,
        private readonly prop: () => string | undefined,
    ) {}

    /** The token that the host has put down, whether it is good or not. */
    get fixed(): string | undefined {
        const { token, getToken } = this.config();
        return this.prop() || (getToken ? undefined : token || undefined);
    }

    /** Whether users name themselves in the query instead. */
    get isInsecure(): boolean {
        return this.fixed === undefined && !this.config().getToken;
    }

    /** A fixed token that `@mtchat/client` does not have yet, for it asks only when the last one was refused. */
    get newer(): string | undefined {
        return this.fixed === this.used ? undefined : this.fixed;
    }

    /** The next one, as `@mtchat/client` asks for it. */
    async next(): Promise<string | null> {
        const { fixed, used } = this;
        const { token, getToken } = this.config();
        if (getToken && (fixed === undefined || fixed === used)) return (await getToken()) ?? token ?? null;
        this.used = fixed;
        return fixed ?? NO_TOKEN;
    }
}
