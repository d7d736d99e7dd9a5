import type { MTChatProps } from "../compat/types.js";
import type { PartialMessages } from "../i18n/index.js";
import type { PartialRegistry } from "../registry/index.js";

/** The props of `<MTChat>`, with those that hosts of one language and one look do not need. */
export interface RootProps extends MTChatProps {
    /** Words by language: single ones of the host's own, or whole languages. */
    messages?: Readonly<Record<string, PartialMessages>>;
    /** Components to use instead of ours. Also `provideRegistry()` in a component above. */
    registry?: PartialRegistry;
}
