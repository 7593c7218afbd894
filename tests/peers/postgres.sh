#!/bin/sh
# A private PostgreSQL server, reached by a socket in its own folder alone; nothing of an installed
# cluster is touched.
#
#   postgres.sh start DIR [durable]  makes DIR and starts; prints the server's URL
#   postgres.sh stop DIR             stops, and removes DIR
#   postgres.sh restart DIR fast|immediate  every session ends; immediate: as in a crash
#   postgres.sh find                 succeeds where there is a server to start
#   postgres.sh run COMMAND…         starts, runs COMMAND with PEER_URL set, and stops; the status
#                                    is COMMAND's
#
# Nothing outlives a power cut, which is quicker, unless it shall be durable: then it is set up like
# a server that carries a company's nights (fsync, buffers of 2 GB, checkpoints by 8 GB of log).
#
# Exit status 77: PostgreSQL 15 or newer is not on this machine.
set -eu

fail() {
    echo "postgres.sh: $*" >&2
    exit 1
}

# The newest of Debian's folders, which are not on the path.
programs() {
    for folder in /usr/lib/postgresql/*/bin; do
        [ -x "$folder/initdb" ] && echo "$folder"
    done | sort -V | tail -n 1
}

# PostgreSQL refuses root: as root it is run by the user of Debian's package.
unprivileged() {
    if [ "$(id -u)" -eq 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

QUICK='-c fsync=off -c full_page_writes=off'
DURABLE='-c fsync=on -c shared_buffers=2GB -c effective_cache_size=6GB -c max_wal_size=8GB
    -c checkpoint_timeout=15min -c wal_buffers=64MB -c work_mem=32MB
    -c maintenance_work_mem=512MB -c random_page_cost=1.1 -c jit=off'

start() {
    dir=$1
    settings=$QUICK
    case ${2:-} in
    '') ;;
    durable) settings=$(echo "$DURABLE" | tr '\n' ' ') ;;
    *) fail "start DIR takes the word durable, not $2" ;;
    esac
    mkdir -p "$dir"
    [ "$(id -u)" -ne 0 ] || chown postgres "$dir"
    chmod 755 "$dir"
    {
        unprivileged "$bin/initdb" -D "$dir/data" --locale=C -E UTF8 -A trust -U puntual -N
        unprivileged "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" start -o \
            "-k $dir -c listen_addresses= -c unix_socket_permissions=0777 \
            -c max_connections=50 $settings"
    } >"$dir.out" 2>&1 || {
        tail -n 20 "$dir.out" "$dir/log" >&2
        fail "it does not start (above)"
    }
    rm -f "$dir.out"
    echo "postgresql:///postgres?host=$dir&user=puntual"
}

stop() {
    dir=$1
    unprivileged "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}

bin=$(programs)
if [ -z "$bin" ] || ! command -v psql >/dev/null; then
    echo "postgres.sh: skipped: there is no PostgreSQL server on this machine" >&2
    exit 77
fi
case ${1:-} in
start) start "$2" "${3:-}" ;;
stop) stop "$2" ;;
restart) unprivileged "$bin/pg_ctl" -D "$2/data" -w -l "$2/log" -m "$3" restart >/dev/null ;;
find) ;;
run)
    shift
    place=/tmp # or where files are only memory, if there is enough of it: nothing has to outlive it
    free=$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1)
    [ "${free:-0}" -lt 4000000 ] || place=/dev/shm
    dir=$(mktemp -d "$place/puntual-postgres-XXXXXX")
    trap 'stop "$dir"' EXIT
    PEER_URL=$(start "$dir")
    export PEER_URL
    "$@"
    ;;
*) fail "usage: postgres.sh start DIR [durable] | stop DIR | restart DIR MODE | find | run COMMAND…" ;;
esac
