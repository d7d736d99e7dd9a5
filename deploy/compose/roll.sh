#!/bin/sh
# Replaces edges and workers by those of the image that .env names, without anybody noticing: the new ones beside the old ones, and when they
# take work, the old ones are told to stop, one after the other.
#
#   deploy/compose/roll.sh                                 with compose.yaml and compose.production.yaml
#   deploy/compose/roll.sh --file FILE [--file FILE …]     with these, as `docker compose` takes them
set -eu
here=$(cd "$(dirname "$0")" && pwd)
case "${1:-}" in
    '') set -- --file "$here/compose.yaml" --file "$here/compose.production.yaml" ;;
    --file) ;;
    *) sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2; exit 2 ;;
esac

count() {
    printf '%s\n' "$1" | grep -c . || true
}

# How many edges the proxy has found well: a container that is well is not yet one that is asked.
edges_at_work() {
    docker compose "$@" exec -T proxy wget -qO- http://127.0.0.1:8404
}

replace() { # service, files...
    service=$1
    shift
    old=$(docker compose "$@" ps --quiet "$service")
    number=$(count "$old")
    if [ "$number" = 0 ]; then
        echo "no $service runs: \`docker compose up\` starts them" >&2
        exit 1
    fi
    docker compose "$@" up --detach --no-deps --no-recreate --scale "$service=$((number * 2))" --wait "$service"
    if [ "$service" = edge ]; then
        tries=0
        until [ "$(edges_at_work "$@")" -ge $((number * 2)) ]; do
            tries=$((tries + 1))
            if [ "$tries" -gt 60 ]; then
                echo 'the proxy does not find the new edges: the old ones stay, and both take work' >&2
                exit 1
            fi
            sleep 1
        done
    fi
    for container in $old; do
        docker stop --time 45 "$container"
        docker rm "$container"
    done
    docker compose "$@" up --detach --no-deps --no-recreate --scale "$service=$number" "$service"
}

docker compose "$@" pull --quiet --ignore-buildable edge worker migrate
# The old version goes on with the new tables.
docker compose "$@" run --rm --no-deps migrate
replace edge "$@"
replace worker "$@"
