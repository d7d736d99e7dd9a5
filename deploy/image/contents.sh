#!/bin/sh
# Writes down what the program is made of.
#
#   deploy/image/contents.sh OUT
#
# OUT/sbom.cdx.json lists every crate that is compiled into it, as CycloneDX 1.5; OUT/NOTICES holds their licences, each text once, with the
# names of those that it belongs to. Both come from Cargo.lock and from the sources that cargo has fetched.
set -eu
if [ $# -ne 1 ]; then
    sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2
    exit 2
fi
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
cargo=${CARGO:-cargo}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# name|version|licence, those that are compiled in and not those that only help to compile. A crate of our own has its folder behind the version.
"$cargo" tree --locked --package mtchat --edges normal,no-proc-macro --prefix none --format '{p}|{l}' >"$work/tree"
sed -e 's/ (\*)$//' -e 's/ ([^|]*)|/|/' -e 's/ v\([^ |]*\)|/|\1|/' -e 's#\([^ ]\)/\([^ ]\)#\1 OR \2#g' "$work/tree" | sort -u >"$work/crates"
if ! grep -q '^mtchat|' "$work/crates" || grep -qv '^[^|]*|[^|]*|[^|]\{1,\}$' "$work/crates"; then
    echo "what \`cargo tree\` says is not understood, or a crate names no licence:" >&2
    grep -v '^[^|]*|[^|]*|[^|]\{1,\}$' "$work/crates" >&2
    exit 1
fi

awk -F '|' '
    $1 == "mtchat" { version = $2 }
    $1 !~ /^mtchat/ {
        list = list (list ? ",\n" : "") sprintf("    {\"type\": \"library\", \"name\": \"%s\", \"version\": \"%s\", \"purl\": \"pkg:cargo/%s@%s\", \"licenses\": [{\"expression\": \"%s\"}]}", $1, $2, $1, $2, $3)
    }
    END {
        printf "{\n  \"bomFormat\": \"CycloneDX\",\n  \"specVersion\": \"1.5\",\n  \"version\": 1,\n"
        printf "  \"metadata\": {\"component\": {\"type\": \"application\", \"name\": \"mtchat\", \"version\": \"%s\", \"licenses\": [{\"expression\": \"MIT\"}]}},\n", version
        printf "  \"components\": [\n%s\n  ]\n}\n", list
    }' "$work/crates" >"$out/sbom.cdx.json"

# Of «MIT or something else» MIT is enough; otherwise every text counts.
mkdir "$work/texts"
grep -v '^mtchat' "$work/crates" | while IFS='|' read -r name version licence; do
    found=''
    for file in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$name-$version"/*; do
        base=${file##*/}
        case $base in
            LICENSE* | LICENCE* | COPYING* | COPYRIGHT* | NOTICE* | UNLICENSE* | [Ll]icen[sc]e* | [Cc]opying* | [Cc]opyright* | [Nn]otice*) ;;
            *) continue ;;
        esac
        [ -f "$file" ] || continue
        case "$licence|$base" in
            *MIT*" OR "*"|"*APACHE* | *" OR "*MIT*"|"*APACHE* | *MIT*" OR "*"|"*[Aa]pache* | *" OR "*MIT*"|"*[Aa]pache*) continue ;;
        esac
        text=$(sha256sum <"$file" | cut -d ' ' -f 1)
        cp "$file" "$work/texts/$text.text"
        printf '%s %s (%s)\n' "$name" "$version" "$licence" >>"$work/texts/$text.who"
        found=1
    done
    # The crate carries no text of its own: its licence by name.
    [ -n "$found" ] || printf '%s %s (%s)\n' "$name" "$version" "$licence" >>"$work/named"
done
{
    printf 'MTChat contains the following, under the licences below.\n'
    for who in "$work"/texts/*.who; do
        printf '\n%s\n' '--------------------------------------------------------------------------------'
        cat "$who"
        printf '\n'
        cat "${who%.who}.text"
    done
    if [ -f "$work/named" ]; then
        printf '\n%s\nWithout a text of their own:\n' '--------------------------------------------------------------------------------'
        cat "$work/named"
    fi
} >"$out/NOTICES"
echo "made of $(grep -vc '^mtchat' "$work/crates") crates: $out/sbom.cdx.json, $out/NOTICES"
