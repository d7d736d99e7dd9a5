#!/bin/sh
# Bring a backup back: `restore.sh BACKUP [arguments of mtchat restore]`.
#
# BACKUP is what backup.sh left: a directory, or a file that was encrypted with `age`. `latest` takes the newest of BACKUP_DIR.
#
#   BACKUP_DIR            where `latest` is looked for
#   BACKUP_AGE_IDENTITY   the file with the key that opens an encrypted backup
#   MTCHAT                the program (mtchat)
#
# Stop all edges and workers first. NATS_URL, DATABASE_URL and all else are read by mtchat itself.
set -eu
umask 077

if [ $# -lt 1 ]; then
    echo "usage: $0 BACKUP|latest [--replace] [--check] [--data DIR]" >&2
    exit 64
fi
backup=$1
shift
mtchat=${MTCHAT:-mtchat}

if [ "$backup" = latest ]; then
    : "${BACKUP_DIR:?set it to the directory with the backups}"
    backup=$(find "$BACKUP_DIR" -mindepth 1 -maxdepth 1 -name 'mtchat-*' | sort | tail -n 1)
    if [ -z "$backup" ]; then
        echo "there is no backup in $BACKUP_DIR" >&2
        exit 66
    fi
fi

case $backup in
*.tar.age)
    : "${BACKUP_AGE_IDENTITY:?set it to the file with the key that opens the backup}"
    plain=$(mktemp -d)
    trap 'rm -rf "$plain"' EXIT
    trap 'exit 130' HUP INT TERM
    # In two steps: a key that does not fit must not look like an empty backup.
    age -d -i "$BACKUP_AGE_IDENTITY" -o "$plain/backup.tar" "$backup"
    mkdir "$plain/backup"
    tar -C "$plain/backup" -xf "$plain/backup.tar"
    rm "$plain/backup.tar"
    "$mtchat" restore --from "$plain/backup" "$@"
    ;;
*)
    "$mtchat" restore --from "$backup" "$@"
    ;;
esac
