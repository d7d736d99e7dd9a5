#!/bin/sh
# Lays out the root of the image in an empty folder: the program, the libraries that it loads, and the few files that it and its libraries
# look for. There is no shell in it and no package manager.
#
#   deploy/image/assemble.sh ROOT BUILT
#
# BUILT is what build.sh has left: `mtchat`, `sbom.cdx.json`, `NOTICES`.
set -eu
if [ $# -ne 2 ]; then
    sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2
    exit 2
fi
root=$1
built=$2
licence=$(dirname "$0")/../../LICENSE
user=65532
umask 022

mkdir -p "$root"
if [ -n "$(ls -A "$root")" ]; then
    echo "$root is not empty" >&2
    exit 1
fi
for needed in mtchat sbom.cdx.json NOTICES; do
    [ -f "$built/$needed" ] || { echo "$built/$needed is missing: deploy/image/build.sh makes it" >&2; exit 1; }
done

# Where the runtime mounts something, and where one may write: a tmpfs belongs on /tmp when the rest is read-only.
mkdir -p "$root/dev" "$root/etc/ssl/certs" "$root/proc" "$root/sys" "$root/tmp" "$root/usr/local/bin" "$root/usr/share/doc/mtchat" "$root/var/lib/dpkg/status.d"
chmod 1777 "$root/tmp"

install -m 755 "$built/mtchat" "$root/usr/local/bin/mtchat"
install -m 644 "$licence" "$built/NOTICES" "$built/sbom.cdx.json" "$root/usr/share/doc/mtchat/"

# What a file of the system belongs to goes along: its licence, and its row for scanners, which look for such rows.
note_package() { # file
    command -v dpkg-query >/dev/null || return 0
    # Packages know some files by the path before /usr was merged.
    package=$(dpkg-query --search "$1" "$(readlink -f "$1")" "${1#/usr}" 2>/dev/null | head -n 1 | cut -d : -f 1)
    [ -n "$package" ] || return 0
    [ ! -f "$root/var/lib/dpkg/status.d/$package" ] || return 0
    dpkg-query --status "$package" | sed '/^Conffiles:/,/^[A-Z]/{/^Conffiles:/d;/^ /d;}' >"$root/var/lib/dpkg/status.d/$package"
    if [ -f "/usr/share/doc/$package/copyright" ]; then
        mkdir -p "$root/usr/share/doc/$package"
        install -m 644 "$(readlink -f "/usr/share/doc/$package/copyright")" "$root/usr/share/doc/$package/copyright"
    fi
}

# The libraries stand where the loader looks for them: at the very paths that it finds them at here.
libraries=$(ldd "$built/mtchat" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p')
if ldd "$built/mtchat" | grep -q 'not found'; then
    echo 'a library of the program is missing here:' >&2
    ldd "$built/mtchat" | grep 'not found' >&2
    exit 1
fi
for library in $libraries; do
    mkdir -p "$root$(dirname "$library")"
    install -m 755 "$(readlink -f "$library")" "$root$library"
    note_package "$library"
done

# Whom TLS trusts.
roots=/etc/ssl/certs/ca-certificates.crt
[ -s "$roots" ] || { echo "$roots is missing: install the package ca-certificates" >&2; exit 1; }
install -m 644 "$roots" "$root$roots"
note_package /usr/sbin/update-ca-certificates

# Names of hosts: first the file that the runtime writes, then DNS.
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
printf 'root:x:0:0:root:/:/sbin/nologin\nmtchat:x:%s:%s:mtchat:/tmp:/sbin/nologin\n' "$user" "$user" >"$root/etc/passwd"
printf 'root:x:0:\nmtchat:x:%s:\n' "$user" >"$root/etc/group"

echo "assembled $root: $(find "$root" -type f | wc -l) files, $(du -sh "$root" | cut -f 1)"
