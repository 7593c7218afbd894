#!/bin/sh
# A private pgbouncer before a server of tests/peers/postgres.sh: a session lasts for a transaction,
# and a database's clients share four of them. Reached by a socket in its own folder alone.
#
#   pgbouncer.sh run COMMAND…  inside `postgres.sh run`: starts, runs COMMAND with POOLER_URL set,
#                              and stops; the status is COMMAND's
#   pgbouncer.sh find          succeeds where there is one to start
#
# It hands on every database of the server, by its name.
#
# Exit status 77: pgbouncer is not on this machine.
set -eu

fail() {
    echo "pgbouncer.sh: $*" >&2
    exit 1
}

# It refuses root: as root it is run by the user of Debian's package.
unprivileged() {
    if [ "$(id -u)" -eq 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

settings() {
    cat <<END
[databases]
* = host=$1 user=puntual

[pgbouncer]
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
server_idle_timeout = 5
auth_type = any
listen_port = 6432
listen_addr =
unix_socket_dir = $dir
unix_socket_mode = 0777
logfile = $dir/log
pidfile = $dir/pid
END
}

start() {
    server=$(echo "$PEER_URL" | sed 's/.*[?&]host=\([^&]*\).*/\1/')
    settings "$server" >"$dir/pgbouncer.ini"
    [ "$(id -u)" -ne 0 ] || chown postgres "$dir" "$dir/pgbouncer.ini"
    chmod 755 "$dir"
    if ! unprivileged "$program" -d "$dir/pgbouncer.ini" >"$dir/out" 2>&1; then
        tail -n 20 "$dir/out" >&2
        fail "it does not start (above)"
    fi
    POOLER_URL="postgresql:///postgres?host=$dir&port=6432&user=puntual&pooler=1"
    export POOLER_URL
    tries=100
    until psql -q -c 'SELECT 1' "${POOLER_URL%&pooler=1}" >/dev/null 2>"$dir/out"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || {
            tail -n 20 "$dir/out" "$dir/log" >&2
            fail "it does not answer (above)"
        }
        sleep 0.1
    done
}

stop() {
    [ ! -s "$dir/pid" ] || kill "$(cat "$dir/pid")" || true
    rm -rf "$dir"
}

program=$(PATH=$PATH:/usr/sbin command -v pgbouncer) || {
    echo "pgbouncer.sh: skipped: there is no pgbouncer on this machine" >&2
    exit 77
}
case ${1:-} in
find) ;;
run)
    shift
    [ -n "${PEER_URL:-}" ] || fail "run it inside tests/peers/postgres.sh run"
    dir=$(mktemp -d /tmp/puntual-pgbouncer-XXXXXX)
    trap stop EXIT
    start
    "$@"
    ;;
*) fail "usage: pgbouncer.sh find | run COMMAND…" ;;
esac
