#!/bin/sh
# A private Dovecot on loopback ports, for tests against the real thing. It runs without privileges
# (started by root, as nobody); nothing of an installed Dovecot is touched but its programs.
#
#   dovecot.sh start DIR PORT TLS_PORT   makes DIR and starts: IMAP with STARTTLS on PORT, IMAP over
#                                        TLS on TLS_PORT
#   dovecot.sh stop DIR                  stops, and removes DIR
#   dovecot.sh run PORT TLS_PORT COMMAND...   starts, runs COMMAND with PEER_DIR set, and stops; the
#                                        status is COMMAND's
#
# The user is cobros@example.com with the password "sésamo 1". DIR/token holds an access token for
# XOAUTH2 (a JWT that Dovecot checks by itself), DIR/cert.pem the certificate (for 127.0.0.1 and
# localhost). Mail lies in DIR/home/cobros@example.com/Maildir. At DIR/run/smtp-auth a Postfix asks
# whether somebody may log in (postfix.sh, PEER_SASL).
# Exit status 77: Dovecot is not on this machine.
set -eu

USER_NAME=cobros@example.com

fail() {
    echo "dovecot.sh: $*" >&2
    exit 1
}

check() {
    if ! command -v dovecot >/dev/null || [ ! -x /usr/lib/dovecot/imap ] ||
        ! command -v openssl >/dev/null; then
        echo "dovecot.sh: skipped: needs dovecot with IMAP, and openssl" >&2
        exit 77
    fi
}

base64url() {
    openssl base64 -A | tr '+/' '-_' | tr -d '='
}

# A key that only this peer has, and a token signed with it.
write_token() {
    dir=$1
    key=$(openssl rand -hex 32)
    mkdir -p "$dir/keys/default/HS256"
    printf '%s' "$key" | openssl base64 -A >"$dir/keys/default/HS256/default"
    now=$(date +%s)
    head=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url)
    body=$(printf '{"sub":"%s","iat":%d,"nbf":%d,"exp":%d}' "$USER_NAME" "$now" "$now" \
        $((now + 86400)) | base64url)
    seal=$(printf '%s.%s' "$head" "$body" | openssl dgst -sha256 -hmac "$key" -binary | base64url)
    printf '%s.%s.%s' "$head" "$body" "$seal" >"$dir/token"
    chmod 600 "$dir/token"
}

write_config() {
    dir=$1 port=$2 tls_port=$3
    user=$(id -un) group=$(id -gn)
    [ "$(id -u)" -ne 0 ] || user=nobody group=nogroup
    home=$dir/home/$USER_NAME
    mkdir -p "$dir/run" "$dir/state" "$home/Maildir/new" "$home/Maildir/cur" "$home/Maildir/tmp"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=peer.example \
        -addext 'subjectAltName=IP:127.0.0.1,DNS:localhost' \
        -keyout "$dir/key.pem" -out "$dir/cert.pem" 2>/dev/null
    chmod 600 "$dir/key.pem"
    write_token "$dir"
    printf '%s:{PLAIN}sésamo 1::::::\n' "$USER_NAME" >"$dir/users"
    cat >"$dir/oauth2.conf" <<CONFIG
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$dir/keys/
username_attribute = sub
CONFIG
    cat >"$dir/dovecot.conf" <<CONFIG
base_dir = $dir/run
state_dir = $dir/state
log_path = $dir/log
protocols = imap
listen = 127.0.0.1
default_internal_user = $user
default_internal_group = $group
default_login_user = $user
first_valid_uid = 0
mail_location = maildir:~/Maildir
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
ssl = yes
ssl_cert = <$dir/cert.pem
ssl_key = <$dir/key.pem
service imap-login {
  chroot =
  inet_listener imap {
    port = $port
  }
  inet_listener imaps {
    port = $tls_port
    ssl = yes
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  unix_listener smtp-auth {
    mode = 0666
  }
}
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = $dir/oauth2.conf
}
passdb {
  driver = passwd-file
  mechanisms = plain login
  args = $dir/users
}
userdb {
  driver = static
  args = uid=$user gid=$group home=$dir/home/%u
}
CONFIG
}

start() {
    dir=$1
    [ ! -e "$dir/run" ] || fail "$dir is in use"
    write_config "$@"
    if [ "$(id -u)" -eq 0 ]; then
        chown -R nobody:nogroup "$dir"
        set -- setpriv --reuid=nobody --regid=nogroup --clear-groups
    else
        set --
    fi
    if ! "$@" dovecot -c "$dir/dovecot.conf" >"$dir.start" 2>&1; then
        cat "$dir.start" >&2
        fail "Dovecot does not start"
    fi
    rm -f "$dir.start"
}

stop() {
    dir=$1
    [ -f "$dir/dovecot.conf" ] || fail "$dir is none of ours"
    dovecot -c "$dir/dovecot.conf" stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}

case ${1:-} in
start)
    [ $# -eq 4 ] || fail "usage: start DIR PORT TLS_PORT"
    check
    start "$2" "$3" "$4"
    ;;
stop)
    [ $# -eq 2 ] || fail "usage: stop DIR"
    stop "$2"
    ;;
run)
    [ $# -ge 4 ] || fail "usage: run PORT TLS_PORT COMMAND..."
    check
    port=$2 tls_port=$3
    shift 3
    PEER_DIR=$(mktemp -d /tmp/puntual-dovecot-XXXXXX)
    export PEER_DIR
    trap 'stop "$PEER_DIR"' EXIT
    trap 'exit 130' INT TERM
    start "$PEER_DIR" "$port" "$tls_port"
    status=0
    "$@" || status=$?
    exit $status
    ;;
*) fail "usage: start DIR PORT TLS_PORT | stop DIR | run PORT TLS_PORT COMMAND..." ;;
esac
