import { SignJWT } from "jose";
import { Problem } from "./problem.js";

export const TOKEN_MINUTES = 10;

/**
 * What a token says of a user: who, and by which scopes they may join dialogs.
 * @param {import("./store.js").User} user
 */
export function claimsOf(user) {
    return {
        scopes: { scope_level0: [user.company], scope_level1: user.departments, scope_level2: user.permissions },
        permissions: user.permissions.filter((permission) => permission === "moderate"),
    };
}

/**
 * A token for ten minutes. A real host does this for whoever is logged in, and for nobody else.
 * @param {import("./store.js").User} user
 * @param {string} secret
 */
export async function mint(user, secret) {
    if (!secret) throw new Problem(503, "NO_SECRET", "no JWT secret is known: set it in the settings, or start the demo beside `mtchat up`");
    return new SignJWT(claimsOf(user))
        .setProtectedHeader({ alg: "HS256", typ: "JWT" })
        .setSubject(user.id)
        .setIssuedAt()
        .setExpirationTime(`${TOKEN_MINUTES} minutes`)
        .sign(new TextEncoder().encode(secret));
}
