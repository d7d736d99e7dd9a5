"""A service of a host: reads the facts of its app from MTChat's log, in order, and goes on where it stopped.

    pip install --requirement requirements.txt
    NATS_URL=nats://… NATS_NKEY_SEED=SU… NATS_CONSUMER=shop:orders python consumer.py
"""

import asyncio
import json
import os
import sys
from pathlib import Path

import nats
from nats.errors import Error, TimeoutError

HANDLED = Path(os.environ.get("HANDLED", "handled.txt"))

# A fact may come again: after a crash between its effect and its acknowledgement. Its id tells. A real service keeps the ids in the
# database that it changes, in the same transaction.
handled = set(HANDLED.read_text().splitlines()) if HANDLED.exists() else set()


def handle(fact):
    key = f"{fact['dialog']} {fact['id']}"
    if key in handled:
        return
    print(json.dumps({"kind": fact["kind"], "id": fact["id"], "text": fact["data"].get("content")}), flush=True)
    with HANDLED.open("a") as file:
        file.write(f"{key}\n")
    handled.add(key)


async def say(error):
    print(f"the broker: {error}", file=sys.stderr)


async def main():
    connection = await nats.connect(
        os.environ["NATS_URL"],
        nkeys_seed_str=os.environ["NATS_NKEY_SEED"],
        max_reconnect_attempts=-1,
        error_cb=say,
    )
    log = connection.jetstream(prefix="mtchat.api")
    facts = await log.pull_subscribe_bind(os.environ["NATS_CONSUMER"], stream="MTCHAT_LOG_0")
    while True:
        try:
            messages = await facts.fetch(100, timeout=5)
        except TimeoutError:
            continue
        except Error as error:
            await say(error)
            await asyncio.sleep(1)
            continue
        for message in messages:
            handle(json.loads(message.data))
            await message.ack()


asyncio.run(main())
