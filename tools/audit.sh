#!/bin/sh
# Asks the registry whether something that we ship is known to be unsafe: in each folder with packages of npm, what is installed for users.
# The answer changes by itself, so this is no part of `make test`.
set -u
cd "$(dirname "$0")/.." || exit 1
failed=0
for lock in $(git ls-files '*package-lock.json' ':!:**/tests/**' ':!:tests/**' ':!:nats/examples/**'); do
    folder=$(dirname "$lock")
    printf '== %s\n' "$folder"
    (cd "$folder" && npm audit --package-lock-only --omit=dev --audit-level=high) || failed=1
done
exit "$failed"
