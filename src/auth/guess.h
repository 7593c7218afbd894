/* Wrong guesses, counted by account and by address.
 *
 * After so many in a row an account, or an address, waits. It is a pause and no lock: nobody can be
 * kept out for good by somebody who guesses in their name, and a link for a new password goes past
 * it. An account that does not exist is counted like one that does. Subjects are hashes: the table
 * holds no addresses of people. */
#ifndef PN_AUTH_GUESS_H
#define PN_AUTH_GUESS_H

#include "store/db.h"

/* LIMIT with a sentence, and when it ends, while account or address waits. `account` is folded; an
 * empty text is not counted. */
PN_MUST_USE pn_err pn_guess_allowed(pn_db *db, pn_str account, pn_str address, pn_time now,
                                    pn_diag *diag);
/* One more was wrong. */
PN_MUST_USE pn_err pn_guess_wrong(pn_db *db, pn_str account, pn_str address, pn_time now);
/* It was right: the account's are forgotten, the address's are not. */
PN_MUST_USE pn_err pn_guess_right(pn_db *db, pn_str account);
/* What is long over, goes. */
PN_MUST_USE pn_err pn_guess_sweep(pn_db *db, pn_time now);

#endif
