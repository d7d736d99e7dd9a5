#!/bin/sh
# Builds what goes into the image, here as in the Dockerfile.
#
#   deploy/image/build.sh OUT
#
# Leaves in OUT: the program `mtchat`, and beside it what it is made of (contents.sh). Needs cargo and nothing else.
set -eu
if [ $# -ne 1 ]; then
    sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2
    exit 2
fi
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
cargo=${CARGO:-cargo}

"$cargo" build --release --locked --package mtchat --bin mtchat
# A copy: the folder of the build may be a cache that the image does not see.
install -m 755 "${CARGO_TARGET_DIR:-target}/release/mtchat" "$out/mtchat"
# The names of the lines, by which a crash says where it was, are more than half of the program: packed they are still readable for it.
if command -v objcopy >/dev/null; then
    objcopy --compress-debug-sections=zlib "$out/mtchat"
fi
deploy/image/contents.sh "$out"
