// A service of a host: reads the facts of its app from MTChat's log, in order, and goes on where it stopped.
//
//   npm ci
//   NATS_URL=nats://… NATS_NKEY_SEED=SU… NATS_CONSUMER=shop:orders node consumer.mjs
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { jetstream } from '@nats-io/jetstream'
import { connect, nkeyAuthenticator } from '@nats-io/transport-node'

const { NATS_URL, NATS_NKEY_SEED, NATS_CONSUMER, HANDLED = 'handled.txt' } = process.env

// A fact may come again: after a crash between its effect and its acknowledgement. Its id tells. A real service keeps the ids in the
// database that it changes, in the same transaction.
const handled = new Set(existsSync(HANDLED) ? readFileSync(HANDLED, 'utf8').split('\n') : [])

function handle(fact) {
  const key = `${fact.dialog} ${fact.id}`
  if (handled.has(key)) return
  console.log(JSON.stringify({ kind: fact.kind, id: fact.id, text: fact.data.content }))
  appendFileSync(HANDLED, `${key}\n`)
  handled.add(key)
}

const connection = await connect({
  servers: NATS_URL,
  authenticator: nkeyAuthenticator(new TextEncoder().encode(NATS_NKEY_SEED)),
  maxReconnectAttempts: -1,
  waitOnFirstConnect: true,
})
const log = jetstream(connection, { apiPrefix: 'mtchat.api' })

for (;;) {
  try {
    const consumer = await log.consumers.get('MTCHAT_LOG_0', NATS_CONSUMER)
    for await (const message of await consumer.consume({ max_messages: 100, expires: 10_000 })) {
      handle(message.json())
      message.ack()
    }
  } catch (error) {
    console.error(`the log can not be read, trying again: ${error.message}`)
    await pause(1_000)
  }
}
