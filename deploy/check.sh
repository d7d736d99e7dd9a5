#!/bin/sh
# Checks what MTChat is run from: the image, the compose files, the workflows and the habits of the repository. Then it plays both ways
# of compose on this machine, with the root that the image is made of (needs root; without an engine, without a network).
#
#   deploy/check.sh             all of it, with target/debug/mtchat (or what MTCHAT_BIN names)
#   deploy/check.sh --release   with a program that is built as for a release
#   deploy/check.sh --files     only what reads files; needs no program and no root
set -eu
cd "$(dirname "$0")/.."
case "${1:-}" in
    '' | --release | --files) ;;
    *) sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2; exit 2 ;;
esac

tools/checkers.py python haproxy >/dev/null
python=.tools/checkers/bin/python
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

step() {
    "$@" || failed=1
}

step "$python" tools/workflows.py
step python3 tools/versions.py
step python3 tools/hygiene.py
step "$python" deploy/compose/check.py
[ "${1:-}" != --files ] || exit "$failed"

if "$python" deploy/image/check.py "$work/root" ${1:+"$1"}; then
    step "$python" deploy/compose/play.py "$work/root"
    step "$python" deploy/compose/play.py "$work/root" --production
else
    failed=1
fi
exit "$failed"
