/* What the files of signing in share. */
#ifndef PN_APP_SIGN_IN_INT_H
#define PN_APP_SIGN_IN_INT_H

#include "app/sign_in.h"

/* Runs `work` in a transaction in which the user acts, commits, and forgets what was remembered of
 * sessions; RETRY runs it again. */
PN_MUST_USE pn_err pn_visit_write(const pn_visitor *visitor, pn_id user_id,
                                  pn_err (*work)(const pn_visitor *visitor, void *context),
                                  void *context);
/* In the transaction: a session of a new token; the one that was shown before ends. */
PN_MUST_USE pn_err pn_visit_begin_session(const pn_visitor *visitor, const pn_user_row *user,
                                          pn_id org_id, bool waits, pn_signed_in *ret);
/* In the transaction: the session gets a new token, and what `row` says. */
PN_MUST_USE pn_err pn_visit_renew(const pn_visitor *visitor, pn_session_row *row,
                                  pn_signed_in *ret);
/* The session of an identity by the token that was shown. */
PN_MUST_USE pn_err pn_visit_session(const pn_visitor *visitor, const pn_identity *identity,
                                    pn_session_row *ret_row);
/* In the transaction: told to every organization of the person, or to the instance. */
PN_MUST_USE pn_err pn_visit_tell(const pn_visitor *visitor, pn_id user_id, const char *what);
/* In the transaction: a letter to the person that something was changed. */
PN_MUST_USE pn_err pn_visit_letter(const pn_visitor *visitor, pn_id user_id, pn_letter_kind kind);
/* Where somebody begins: the organization belonged to longest; 0 for none. */
PN_MUST_USE pn_err pn_visit_home(const pn_visitor *visitor, pn_id user_id, pn_id *ret_org_id);

/* Whether a code is the second factor's or a recovery code, which it uses up, in the transaction.
 * DENIED without a sentence where it is neither. */
PN_MUST_USE pn_err pn_visit_use_code(const pn_visitor *visitor, const pn_user_row *user,
                                     pn_str code);
/* A wrong guess is counted; gives DENIED with the sentence. */
pn_err pn_visit_wrong(const pn_visitor *visitor, pn_str account, const char *sentence);

#endif
