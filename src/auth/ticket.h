/* Tickets: links that work once, and letters that carry them: rows.
 *
 * A letter is asked for without its token: that is made when the letter is written, so that no
 * token is ever in the database. */
#ifndef PN_AUTH_TICKET_H
#define PN_AUTH_TICKET_H

#include "base/hash.h"
#include "store/db.h"

typedef enum {
    PN_TICKET_FIRST,      /* the first owner of an instance where nobody is yet */
    PN_TICKET_INVITATION, /* to an organization, for who has no password */
    PN_TICKET_RESET,      /* a new password */
} pn_ticket_kind;         /* order is stored */

typedef struct {
    pn_id id, org_id, user_id;
    pn_ticket_kind kind;
    pn_sha256 hash;
    pn_time created_at, expires_at;
} pn_ticket_row;

/* An earlier one of the same kind and user does not work any more. */
PN_MUST_USE pn_err pn_ticket_insert(pn_db *db, const pn_ticket_row *row);
/* NOT_FOUND for one that is none, was used, or ended. */
PN_MUST_USE pn_err pn_ticket_find(pn_db *db, const pn_sha256 *hash, pn_time now,
                                  pn_ticket_row *ret_row);
/* CONFLICT where somebody else just used it. */
PN_MUST_USE pn_err pn_ticket_use(pn_db *db, pn_id id, pn_time at);
/* All of a user: the password has changed. */
PN_MUST_USE pn_err pn_ticket_end(pn_db *db, pn_id user_id, pn_time at);

typedef enum {
    PN_LETTER_INVITATION, /* with a link to set a password */
    PN_LETTER_WELCOME,    /* to who signs in already: there is another organization */
    PN_LETTER_RESET,
    PN_LETTER_CHANGED, /* the password or second factor was changed: was it you? */
    PN_LETTERS
} pn_letter_kind; /* order is stored */

typedef struct {
    pn_id id, org_id, user_id;
    pn_letter_kind kind;
    pn_str sender;
    int64_t attempts;
    pn_time not_before, requested_at;
} pn_letter_row;

/* An earlier one of the same kind and user that waits is not sent twice. */
PN_MUST_USE pn_err pn_letter_insert(pn_db *db, const pn_letter_row *row);
/* Those that wait and are due by then, oldest first, at most `max`. */
PN_MUST_USE pn_err pn_letter_due(pn_db *db, pn_id org_id, pn_time now, int64_t max, pn_arena *arena,
                                 pn_letter_row **ret_rows, size_t *ret_count);
/* When the next one is due; PN_TIME_NEVER. */
PN_MUST_USE pn_err pn_letter_next(pn_db *db, pn_id org_id, pn_time *ret_at);
/* Takes it for one attempt: until `not_before` nobody else does. CONFLICT where somebody has. */
PN_MUST_USE pn_err pn_letter_take(pn_db *db, const pn_letter_row *row, pn_time not_before);
PN_MUST_USE pn_err pn_letter_settle(pn_db *db, pn_id id, bool sent, pn_str trouble, pn_time at);
PN_MUST_USE pn_err pn_letter_trouble(pn_db *db, pn_id id, pn_str trouble);

#endif
