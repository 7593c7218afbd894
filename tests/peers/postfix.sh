#!/bin/sh
# A private Postfix on a loopback port, for tests against the real thing. Root only, because
# Postfix changes users; nothing of an installed Postfix is touched but its programs.
#
#   postfix.sh start DIR PORT [RELAY]   makes DIR and starts; with RELAY (host:port) mail goes on
#                                       there, else into DIR/mail/all, a maildir
#   postfix.sh stop DIR                 stops, and removes DIR
#   postfix.sh run PORT COMMAND...      starts, runs COMMAND with PEER_DIR set, and stops; the
#                                       status is COMMAND's. PEER_RELAY is the RELAY
# With PEER_SASL, the smtp-auth of a Dovecot (dovecot.sh), whoever sends logs in over TLS first, and
# sends as the user it logged in as.
#
# Offered: PIPELINING, SIZE (1 MB), 8BITMIME, SMTPUTF8, DSN, STARTTLS with DIR/cert.pem (for
# 127.0.0.1 and localhost). Recipients at example.net are taken, but these are refused:
#   unknown@ 550 5.1.1   full@ 552 5.2.2   grey@ 450 4.7.1   policy@ 554 5.7.1
# Exit status 77: Postfix is not on this machine, or we are not root.
set -eu

fail() {
    echo "postfix.sh: $*" >&2
    exit 1
}

check() {
    if [ "$(id -u)" -ne 0 ] || ! command -v postfix >/dev/null ||
        ! command -v openssl >/dev/null; then
        echo "postfix.sh: skipped: needs root, postfix and openssl" >&2
        exit 77
    fi
}

write_config() {
    dir=$1 port=$2 relay=$3
    mkdir -p "$dir/etc" "$dir/queue" "$dir/data" "$dir/mail" "$dir/log"
    chmod 755 "$dir" "$dir/etc" "$dir/queue" "$dir/log"
    : >"$dir/log/maillog" # postsuper writes to it as postfix, and a start fails where it cannot
    chown postfix "$dir/data" "$dir/mail" "$dir/log/maillog"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=peer.example \
        -addext 'subjectAltName=IP:127.0.0.1,DNS:localhost' \
        -keyout "$dir/key.pem" -out "$dir/cert.pem" 2>/dev/null
    chmod 600 "$dir/key.pem"
    cat >"$dir/etc/main.cf" <<CONFIG
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
maillog_file = $dir/log/maillog
maillog_file_prefixes = $dir
myhostname = peer.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
message_size_limit = 1048576
smtpd_tls_security_level = may
smtpd_tls_cert_file = $dir/cert.pem
smtpd_tls_key_file = $dir/key.pem
smtp_tls_security_level = none
smtpd_recipient_restrictions =
    check_recipient_access inline:{
        { unknown@example.net = 550 5.1.1 User unknown }
        { full@example.net = 552 5.2.2 Mailbox full }
        { grey@example.net = 450 4.7.1 Greylisted }
        { policy@example.net = 554 5.7.1 Not from you }
    }
    permit_mynetworks, reject
CONFIG
    if [ -n "${PEER_SASL:-}" ]; then
        cat >>"$dir/etc/main.cf" <<CONFIG
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = $PEER_SASL
smtpd_tls_auth_only = yes
smtpd_client_restrictions = permit_sasl_authenticated, reject
smtpd_sender_restrictions =
    check_sender_access inline:{ { cobros@example.com = OK } }, reject
CONFIG
    fi
    if [ -n "$relay" ]; then
        host=${relay%:*}
        cat >>"$dir/etc/main.cf" <<CONFIG
relay_domains = example.net
relayhost = [$host]:${relay##*:}
smtp_destination_concurrency_limit = 4
CONFIG
    else
        cat >>"$dir/etc/main.cf" <<CONFIG
virtual_mailbox_domains = example.net
virtual_mailbox_base = $dir/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:$(id -u postfix)
virtual_gid_maps = static:$(id -g postfix)
virtual_minimum_uid = 1
CONFIG
    fi
    cat >"$dir/etc/master.cf" <<CONFIG
127.0.0.1:$port inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
tlsmgr    unix  - - n 1000? 1 tlsmgr
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
CONFIG
}

start() {
    dir=$1 port=$2 relay=${3:-}
    [ ! -e "$dir/etc" ] || fail "$dir is in use"
    write_config "$dir" "$port" "$relay"
    if ! postfix -c "$dir/etc" start >"$dir/log/start" 2>&1; then
        cat "$dir/log/start" >&2
        fail "Postfix does not start"
    fi
}

stop() {
    dir=$1
    [ -f "$dir/etc/main.cf" ] || fail "$dir is none of ours"
    postfix -c "$dir/etc" stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}

case ${1:-} in
start)
    [ $# -ge 3 ] || fail "usage: start DIR PORT [RELAY]"
    check
    start "$2" "$3" "${4:-}"
    ;;
stop)
    [ $# -eq 2 ] || fail "usage: stop DIR"
    check
    stop "$2"
    ;;
run)
    [ $# -ge 3 ] || fail "usage: run PORT COMMAND..."
    check
    port=$2
    shift 2
    PEER_DIR=$(mktemp -d /tmp/puntual-postfix-XXXXXX)
    export PEER_DIR
    trap 'stop "$PEER_DIR"' EXIT
    trap 'exit 130' INT TERM
    start "$PEER_DIR" "$port" "${PEER_RELAY:-}"
    status=0
    "$@" || status=$?
    exit $status
    ;;
*) fail "usage: start DIR PORT [RELAY] | stop DIR | run PORT COMMAND..." ;;
esac
