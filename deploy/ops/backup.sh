#!/bin/sh
# A backup of the database and the log, for cron: one directory each, the oldest ones removed.
#
#   BACKUP_DIR            where backups go (required)
#   BACKUP_KEEP           how many are kept (14)
#   BACKUP_AGE_RECIPIENT  encrypt for this recipient, with `age`; a file instead of a directory is left
#   MTCHAT                the program (mtchat)
#
# NATS_URL, DATABASE_URL and all else are read by mtchat itself, as by the workers. Arguments are given to `mtchat backup`, such as
# `--data .data` for what `mtchat up` runs.
set -eu
umask 077

: "${BACKUP_DIR:?set it to the directory for backups}"
keep=${BACKUP_KEEP:-14}
mtchat=${MTCHAT:-mtchat}

case $keep in
'' | *[!0-9]* | 0)
    echo "BACKUP_KEEP is '$keep': it must be a number from 1 on" >&2
    exit 78
    ;;
esac

mkdir -p "$BACKUP_DIR"
# A backup that takes longer than the time to the next one is not joined by it.
exec 9>"$BACKUP_DIR/.lock"
if ! flock -n 9; then
    echo "another backup into $BACKUP_DIR is going on" >&2
    exit 75
fi

name=mtchat-$(date -u +%Y%m%dT%H%M%SZ)
unfinished=$BACKUP_DIR/.unfinished-$name
trap 'rm -rf "$unfinished" "$unfinished.age"' EXIT
trap 'exit 130' HUP INT TERM

"$mtchat" backup --to "$unfinished" "$@"
# What is kept is read once more: a disk that is full or broken is noticed today.
"$mtchat" restore --from "$unfinished" --check

if [ -n "${BACKUP_AGE_RECIPIENT:-}" ]; then
    tar -C "$unfinished" -cf - . | age -r "$BACKUP_AGE_RECIPIENT" -o "$unfinished.age"
    mv "$unfinished.age" "$BACKUP_DIR/$name.tar.age"
    rm -rf "$unfinished"
else
    mv "$unfinished" "$BACKUP_DIR/$name"
fi
echo "$BACKUP_DIR/$name"

# Only now that there is a new one the oldest go. Names sort by time.
find "$BACKUP_DIR" -mindepth 1 -maxdepth 1 -name 'mtchat-*' | sort -r | tail -n "+$((keep + 1))" |
    while IFS= read -r old; do
        rm -rf "$old"
        echo "removed $old"
    done
