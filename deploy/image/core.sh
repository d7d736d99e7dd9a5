#!/bin/sh
# Builds the client core for pages.
#
#   deploy/image/core.sh OUT
#
# Leaves in OUT what the package @mtchat/client is made from. Needs cargo with the target wasm32-unknown-unknown.
set -eu
if [ $# -ne 1 ]; then
    sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2
    exit 2
fi
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."

"${CARGO:-cargo}" xtask wasm
cp target/wasm/mtchat_client_wasm* "$out/"
