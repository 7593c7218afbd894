/* People who sign in: invited, given a role, archived, given a new password.
 *
 * Every change is told to the audit trail of the organization, ends or renews what it has to
 * (sessions, API keys) in the same transaction, and leaves at least one owner. Whoever commits
 * tells pn_auth_forget afterwards. */
#ifndef PN_APP_USERS_H
#define PN_APP_USERS_H

#include "app/app.h"
#include "auth/ticket.h"
#include "auth/token.h"
#include "auth/user.h"

typedef struct {
    pn_str email, name, language; /* empty: the organization's language */
    pn_role role;
    pn_str person_key; /* whom they are among the people of ours; empty: nobody */
    pn_str sender;     /* who invites, in words; empty: the organization */
    bool operates;     /* an operator of the instance too */
    bool no_letter;    /* a link is given to them otherwise (pn_users_make_link) */
} pn_invitation;

/* A new person, or one who signs in already and now belongs to this organization too. A letter is
 * asked for. CONFLICT for who belongs to it. */
PN_MUST_USE pn_err pn_users_invite(pn_app *app, const pn_invitation *invitation, pn_arena *arena,
                                   pn_id *ret_id, pn_diag *diag);
/* By id "usr_…" or address; NOT_FOUND for who does not belong to the organization. */
PN_MUST_USE pn_err pn_users_find(pn_app *app, pn_str who, pn_arena *arena, pn_user_row *ret_user,
                                 pn_membership_row *ret_membership, pn_diag *diag);
/* Role, and whom they are among the people of ours. Sessions of the person are asked to sign in
 * again; keys that they made end unless the new role covers the old one. */
PN_MUST_USE pn_err pn_users_set(pn_app *app, pn_id user_id, pn_role role, pn_str person_key,
                                pn_arena *arena, pn_diag *diag);
/* They do not belong to the organization any more: sessions there and keys end. */
PN_MUST_USE pn_err pn_users_archive(pn_app *app, pn_id user_id, pn_arena *arena, pn_diag *diag);
/* Asks for a letter with a link: to a new password, or the invitation again for who has none. */
PN_MUST_USE pn_err pn_users_send_link(pn_app *app, pn_id user_id, pn_str sender, pn_arena *arena,
                                      pn_diag *diag);
/* The same link given to whoever sits at the machine: it is printed, and kept nowhere. */
PN_MUST_USE pn_err pn_users_make_link(pn_app *app, pn_id user_id, pn_arena *arena,
                                      char ret_token[PN_TOKEN_SIZE], pn_diag *diag);
/* Whoever made an organization owns it. */
PN_MUST_USE pn_err pn_users_found(pn_app *app, pn_id org_id, pn_id user_id);
/* A second factor that was lost is taken away; the person sets up a new one. */
PN_MUST_USE pn_err pn_users_drop_factor(pn_app *app, pn_id user_id, pn_diag *diag);

/* A single link of one hour for the first owner; CONFLICT where somebody is there already. In a
 * transaction of its own. */
PN_MUST_USE pn_err pn_users_first_link(pn_app *app, char ret_token[PN_TOKEN_SIZE], pn_diag *diag);

/* A ticket of a new token, in the transaction under way. */
PN_MUST_USE pn_err pn_ticket_make(pn_app *app, pn_id org_id, pn_id user_id, pn_ticket_kind kind,
                                  char ret_token[PN_TOKEN_SIZE]);

/* An address as it is compared; INVALID with a sentence for what is none. */
PN_MUST_USE pn_err pn_email_fold(pn_str email, pn_arena *arena, pn_str *ret_fold, pn_diag *diag);

#endif
