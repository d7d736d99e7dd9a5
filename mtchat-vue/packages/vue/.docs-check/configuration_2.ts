import { createClient } from "@mtchat/client";

/** After the component is gone. */
export async function forget(url: string, user: string, getToken: () => Promise<string | null>): Promise<void> {
    const client = createClient({ url, user, getToken });
    await client.connect().catch(() => undefined);
    await client.close({ forget: true });
}

export {};
