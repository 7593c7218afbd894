/* People of the instance and their roles: rows. Use cases are app/users.h. */
#ifndef PN_AUTH_USER_H
#define PN_AUTH_USER_H

#include "auth/role.h"
#include "base/hash.h"
#include "store/db.h"

typedef struct {
    pn_id id;
    pn_str email, email_fold, name, language;
    bool operates;
    pn_str password; /* argon2id; empty: none was set yet */
    pn_time password_at;
    pn_str totp, totp_pending; /* sealed; empty: none */
    int64_t totp_step;
    pn_time created_at, archived_at;
} pn_user_row;

PN_MUST_USE pn_err pn_user_insert(pn_db *db, const pn_user_row *row);
PN_MUST_USE pn_err pn_user_get(pn_db *db, pn_id id, pn_arena *arena, pn_user_row *ret_row);
PN_MUST_USE pn_err pn_user_by_email(pn_db *db, pn_str email_fold, pn_arena *arena,
                                    pn_user_row *ret_row);
/* How many there are, archived ones too. */
PN_MUST_USE pn_err pn_user_count(pn_db *db, int64_t *ret_count);
/* Name, language, operates, archived_at. */
PN_MUST_USE pn_err pn_user_update(pn_db *db, const pn_user_row *row);
PN_MUST_USE pn_err pn_user_set_password(pn_db *db, pn_id id, pn_str hash, pn_time at);
/* Empty secrets are none. */
PN_MUST_USE pn_err pn_user_set_totp(pn_db *db, pn_id id, pn_str totp, pn_str pending);
/* CONFLICT where that step, or a later one, was used already. */
PN_MUST_USE pn_err pn_user_use_step(pn_db *db, pn_id id, int64_t step);

/* ── recovery codes ── */

/* In place of those there were. */
PN_MUST_USE pn_err pn_recovery_put(pn_db *db, pn_id user_id, const pn_sha256 *hashes, size_t count);
/* NOT_FOUND for one that is none, or was used. */
PN_MUST_USE pn_err pn_recovery_use(pn_db *db, pn_id user_id, const pn_sha256 *hash, pn_time at);
PN_MUST_USE pn_err pn_recovery_left(pn_db *db, pn_id user_id, int64_t *ret_count);

/* ── memberships ── */

typedef struct {
    pn_id org_id, user_id;
    pn_role role;
    pn_str person_key;
    pn_time created_at, archived_at;
    pn_str org_name; /* read by user */
} pn_membership_row;

/* Writes or changes role, person and archived_at. */
PN_MUST_USE pn_err pn_membership_put(pn_db *db, const pn_membership_row *row);
PN_MUST_USE pn_err pn_membership_get(pn_db *db, pn_id org_id, pn_id user_id, pn_arena *arena,
                                     pn_membership_row *ret_row);
/* Those in force, oldest first. */
PN_MUST_USE pn_err pn_membership_of_user(pn_db *db, pn_id user_id, pn_arena *arena,
                                         pn_membership_row **ret_rows, size_t *ret_count);
PN_MUST_USE pn_err pn_membership_count_role(pn_db *db, pn_id org_id, pn_role role,
                                            int64_t *ret_count);

typedef struct {
    pn_membership_row membership;
    pn_str email, name, language;
    bool operates, has_password, has_totp;
    pn_time seen_at; /* PN_TIME_NONE: never */
} pn_member_row;

/* Everybody of an organization by name, archived ones last. */
PN_MUST_USE pn_err pn_member_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                  pn_member_row **ret_rows, size_t *ret_count);

#endif
