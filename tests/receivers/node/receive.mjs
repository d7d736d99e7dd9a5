// A receiver of webhooks that asks the official library. One case a line comes in, one answer a line goes out:
//
//   {"secret", "headers", "body" (base64), "now" (seconds, or null)}   ->  {"accepted": true} or {"accepted": false, "reason"}
//   {"secret", "sign": {"id", "timestamp"}, "body" (base64)}           ->  {"signature"}
//
// MTCHAT_LIBRARIES names the folder in which the library lies.
import { createRequire } from "node:module"
import { join } from "node:path"
import { createInterface } from "node:readline"

const require = createRequire(join(process.env.MTCHAT_LIBRARIES, "package.json"))
const { Webhook, WebhookVerificationError } = require("standardwebhooks")
const clock = Date.now

function answer({ secret, headers, body, now, sign }) {
    // As docs/webhooks.md says: a secret without the prefix is a key as it is written.
    const webhook = secret.startsWith("whsec_") ? new Webhook(secret) : new Webhook(secret, { format: "raw" })
    const raw = Buffer.from(body, "base64")
    if (sign) return { signature: webhook.sign(sign.id, new Date(sign.timestamp * 1000), raw) }
    // The published signatures are of another year.
    Date.now = now === null ? clock : () => now * 1000
    try {
        webhook.verify(raw, headers)
        return { accepted: true }
    } catch (error) {
        if (!(error instanceof WebhookVerificationError)) throw error
        return { accepted: false, reason: error.message }
    } finally {
        Date.now = clock
    }
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(answer(JSON.parse(line))))
