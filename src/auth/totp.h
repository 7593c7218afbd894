/* Codes of a second factor: HOTP (RFC 4226) over time (RFC 6238), six digits, 30 seconds, SHA-1 as
 * all authenticators have it; and recovery codes for who lost theirs. */
#ifndef PN_AUTH_TOTP_H
#define PN_AUTH_TOTP_H

#include "base/str.h"
#include "base/time.h"

enum {
    PN_TOTP_SECRET_BYTES = 20,
    PN_TOTP_DIGITS = 6,
    PN_RECOVERY_CODES = 10,
    PN_RECOVERY_SIZE = 12, /* "7k3mq-x8pzd" */
};

/* The code of a counter with so many digits (6 to 8), NUL-terminated. */
void pn_hotp(pn_str secret, uint64_t counter, unsigned digits, char *out);

/* The step that a code belongs to: the present one, or one before or behind it, for clocks are not
 * exact; never one up to `last_step`, for a code is taken once. DENIED for every other code. */
PN_MUST_USE pn_err pn_totp_verify(pn_str secret, pn_str code, pn_time now, int64_t last_step,
                                  int64_t *ret_step);

void pn_totp_make_secret(const pn_env *env, char out[PN_TOTP_SECRET_BYTES]);
/* Base 32 of RFC 4648 without padding, as people type it. */
pn_str pn_totp_secret_text(pn_str secret, pn_arena *arena);
/* "otpauth://totp/Puntual:ana@example.com?secret=…&issuer=Puntual" */
pn_str pn_totp_uri(pn_str secret, pn_str issuer, pn_str account, pn_arena *arena);

void pn_recovery_make(const pn_env *env, char out[PN_RECOVERY_SIZE]);
/* As it is hashed: lower case, without what people put between; empty for what is none. */
pn_str pn_recovery_plain(pn_str code, pn_arena *arena);

#endif
