#!/bin/sh
# Lays out the demo: its backend, its pages, and what the backend needs to run.
#
#   deploy/image/demo.sh OUT
#
# Needs node and npm, and in target/wasm the client core: core.sh makes it.
set -eu
if [ $# -ne 1 ]; then
    sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2
    exit 2
fi
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
[ -f target/wasm/mtchat_client_wasm_bg.wasm ] || { echo 'target/wasm holds no client core: deploy/image/core.sh makes it' >&2; exit 1; }
if [ -n "$(ls -A "$out")" ]; then
    echo "$out is not empty" >&2
    exit 1
fi

install_in() { # folder, more options
    (cd "$1" && shift && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error "$@")
}

for folder in client-wasm/driver mtchat-vue demo; do
    install_in "$folder"
done
(cd client-wasm/driver && npm run --silent build)
(cd demo && npm run --silent build -- --logLevel=warn)

# The pages are bundled: only what the backend imports is installed again.
cp -R demo/server demo/dist demo/package.json demo/package-lock.json LICENSE "$out/"
find "$out/server" -name '*.test.js' -delete
cd "$out"
for name in $(node -p 'Object.keys(require("./package.json").dependencies).join(" ")'); do
    grep -rqF "\"$name\"" server || npm pkg delete "dependencies.$name"
done
npm pkg delete devDependencies scripts
npm install --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
rm -f node_modules/.package-lock.json
echo "laid out $out: $(find . -type f | wc -l) files, $(du -sh . | cut -f 1)"
