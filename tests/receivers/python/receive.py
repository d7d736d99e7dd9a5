"""A receiver of webhooks that asks the official library. One case a line comes in, one answer a line goes out:

    {"secret", "headers", "body" (base64), "now" (seconds, or null)}   ->  {"accepted": true} or {"accepted": false, "reason"}
    {"secret", "sign": {"id", "timestamp"}, "body" (base64)}           ->  {"signature"}

PYTHONPATH names the folder in which the library lies.
"""

import base64
import json
import sys
from datetime import datetime, timezone

from standardwebhooks import Webhook, WebhookVerificationError, webhooks


def main():
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(case):
    secret = case["secret"]
    # As docs/webhooks.md says: a secret without the prefix is a key as it is written.
    webhook = Webhook(secret if secret.startswith("whsec_") else secret.encode())
    body = base64.b64decode(case["body"])
    if "sign" in case:
        sign = case["sign"]
        at = datetime.fromtimestamp(sign["timestamp"], tz=timezone.utc)
        return {"signature": webhook.sign(sign["id"], at, body.decode())}
    # The published signatures are of another year.
    webhooks.datetime = datetime if case["now"] is None else stopped_at(case["now"])
    try:
        webhook.verify(body, case["headers"])
    except WebhookVerificationError as error:
        return {"accepted": False, "reason": str(error)}
    finally:
        webhooks.datetime = datetime
    return {"accepted": True}


def stopped_at(seconds):
    class Stopped(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(seconds, tz=tz)

    return Stopped


if __name__ == "__main__":
    main()
