# shellcheck shell=sh
# What stages share. A stage starts in the project's folder; it has PUNTUAL_CORPORA, PUNTUAL_OUT (a
# folder for what it leaves) and PUNTUAL_PASS (quick, whole or named).
set -eu

fail() {
    echo "$*" >&2
    exit 1
}

# For a stage that cannot run on this machine: one sentence, why.
skip() {
    echo "$*"
    exit 77
}

# meson_tests FOLDER [TEST…]: without names all of unit and store. A test that skips says why in
# meson's log; those sentences are repeated here.
meson_tests() {
    folder=$1
    shift
    [ $# -gt 0 ] || set -- --suite unit --suite store
    status=0
    meson test -C "$folder" --no-rebuild --print-errorlogs "$@" || status=$?
    grep -ah '^skipped: ' "$folder/meson-logs/testlog.txt" | sort | uniq -c || true
    return $status
}
