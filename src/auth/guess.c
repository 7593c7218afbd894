#include "auth/guess.h"

#include "base/banned.h"
#include "base/hash.h"
#include "base/limits.h"

enum { SUBJECT_SIZE = 2 * PN_SHA256_BYTES + 1 };

static void subject_of(char kind, pn_str text, char out[SUBJECT_SIZE]) {
    pn_sha256_ctx ctx;
    pn_sha256_begin(&ctx);
    pn_sha256_add(&ctx, &kind, 1);
    pn_sha256_add(&ctx, text.ptr, text.len);
    pn_sha256 hash = pn_sha256_end(&ctx);
    pn_hex(hash.bytes, sizeof hash.bytes, out);
}

/* An IPv6 network of one household counts as one address. */
static pn_str network_of(pn_str address) {
    size_t colons = 0;
    for (size_t i = 0; i < address.len; i++) {
        colons += address.ptr[i] == ':';
        if (colons == 4) {
            return pn_str_first(address, i);
        }
    }
    return address;
}

static pn_err failures_of(pn_db *db, const char *subject, pn_time now, int64_t *ret_failures,
                          pn_time *ret_last_at) {
    pn_stmt *q = pn_db_stmt(db, "SELECT failures, last_at FROM sign_in_guess WHERE subject = $1 AND"
                                " last_at > $2");
    pn_bind_str(q, 1, pn_str_of(subject));
    pn_bind_int(q, 2, now - PN_LIMIT_GUESS_PAUSE_MINUTES * PN_MINUTE);
    pn_err err = pn_row_next(q);
    *ret_failures = err == PN_OK ? pn_col_int(q, 0) : 0;
    *ret_last_at = err == PN_OK ? pn_col_int(q, 1) : now;
    pn_stmt_reset(q);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

static pn_err check(pn_db *db, char kind, pn_str text, int64_t most, pn_time now, pn_diag *diag) {
    char subject[SUBJECT_SIZE];
    int64_t failures = 0;
    pn_time last_at = now;
    if (text.len == 0) {
        return PN_OK;
    }
    subject_of(kind, text, subject);
    PN_TRY(failures_of(db, subject, now, &failures, &last_at));
    if (failures < most) {
        return PN_OK;
    }
    int64_t left = (last_at + PN_LIMIT_GUESS_PAUSE_MINUTES * PN_MINUTE - now) / PN_MINUTE + 1;
    pn_err err = pn_diag_set(diag, PN_LIMIT, "There were too many wrong attempts.");
    pn_diag_mend(diag, "Try again in %lld minutes, or ask for a new password.", (long long)left);
    return err;
}

pn_err pn_guess_allowed(pn_db *db, pn_str account, pn_str address, pn_time now, pn_diag *diag) {
    PN_TRY(check(db, 'u', account, PN_LIMIT_GUESSES_OF_ACCOUNT, now, diag));
    return check(db, 'a', network_of(address), PN_LIMIT_GUESSES_OF_ADDRESS, now, diag);
}

/* Counting begins anew where the last one is longer ago than the pause. */
static pn_err count(pn_db *db, char kind, pn_str text, pn_time now) {
    char subject[SUBJECT_SIZE];
    int64_t changed = 0;
    if (text.len == 0) {
        return PN_OK;
    }
    subject_of(kind, text, subject);
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO sign_in_guess (subject, failures, first_at, last_at) VALUES ($1, 1, $2,"
            " $2) ON CONFLICT (subject) DO UPDATE SET failures = CASE WHEN sign_in_guess.last_at >"
            " $3 THEN sign_in_guess.failures + 1 ELSE 1 END, first_at = CASE WHEN"
            " sign_in_guess.last_at > $3 THEN sign_in_guess.first_at ELSE excluded.first_at END,"
            " last_at = excluded.last_at");
    pn_bind_str(q, 1, pn_str_of(subject));
    pn_bind_int(q, 2, now);
    pn_bind_int(q, 3, now - PN_LIMIT_GUESS_PAUSE_MINUTES * PN_MINUTE);
    return pn_stmt_run(q, &changed);
}

pn_err pn_guess_wrong(pn_db *db, pn_str account, pn_str address, pn_time now) {
    PN_TRY(count(db, 'u', account, now));
    return count(db, 'a', network_of(address), now);
}

pn_err pn_guess_right(pn_db *db, pn_str account) {
    char subject[SUBJECT_SIZE];
    int64_t changed = 0;
    subject_of('u', account, subject);
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM sign_in_guess WHERE subject = $1");
    pn_bind_str(q, 1, pn_str_of(subject));
    return pn_stmt_run(q, &changed);
}

pn_err pn_guess_sweep(pn_db *db, pn_time now) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM sign_in_guess WHERE last_at <= $1");
    pn_bind_int(q, 1, now - PN_LIMIT_GUESS_PAUSE_MINUTES * PN_MINUTE);
    return pn_stmt_run(q, NULL);
}
