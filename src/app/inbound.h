/* Mail that comes in: read, matched to what we sent, stored, acted upon.
 *
 * What holds (docs/inbound.md):
 * - Every mail is stored as it came, once: the same mail again changes nothing. What belongs to
 *   nobody is listed, never dropped.
 * - Storing and everything that follows from a mail happen in one transaction; with it the place in
 *   the mailbox is remembered.
 * - It belongs to a debtor by the address it was sent to (VERP, with our MAC), else by the
 *   Message-ID it names, else its references, else, only for a person's reply, by its sender, when
 *   that is a contact of exactly one debtor. An address with a wrong MAC belongs to nobody,
 * whatever else the mail says.
 * - Nothing in a mail changes money or consent, but for an opt-out. */
#ifndef PN_APP_INBOUND_H
#define PN_APP_INBOUND_H

#include "app/app.h"
#include "store/received.h"

typedef struct pn_inbound pn_inbound;

/* NOT_FOUND with a sentence when there is no puntual-mail beside the program. */
PN_MUST_USE pn_err pn_inbound_new(pn_app *app, pn_inbound **ret_inbound, pn_diag *diag);
/* NULL accepted. */
void pn_inbound_free(pn_inbound *inbound);
pn_app *pn_inbound_app(const pn_inbound *inbound);

typedef struct {
    pn_str bytes;
    bool whole;                 /* false: only its header, as it is too large */
    pn_str source;              /* "pipe", a maildir, "imap://user@host/folder" */
    pn_str recipient;           /* whom the envelope names; may be empty */
    uint32_t uid_validity, uid; /* in a mailbox; else 0 */
} pn_inbound_mail;

/* Takes one mail, in a transaction of its own. `ret_existed`: it had come before. RETRY and IO mean
 * that it was not stored and should come again. The row lives on `arena`. */
PN_MUST_USE pn_err pn_inbound_take(pn_inbound *inbound, const pn_inbound_mail *mail,
                                   pn_arena *arena, pn_received_row *ret_row, bool *ret_existed,
                                   pn_diag *diag);

/* A person says what an unmatched mail belongs to (a carrier, or else a debtor); what follows from
 * it happens now. In the transaction under way. CONFLICT when it is matched already. */
PN_MUST_USE pn_err pn_inbound_match(pn_app *app, pn_id mail_id, pn_id carrier_id, pn_id debtor_id,
                                    pn_arena *arena, pn_diag *diag);
/* A person says that nothing follows from it. In the transaction under way. */
PN_MUST_USE pn_err pn_inbound_ignore(pn_app *app, pn_id mail_id, pn_str reason, pn_arena *arena,
                                     pn_diag *diag);

/* What a row's suggestion says, in the organization's words; empty for none. */
pn_str pn_inbound_suggestion_words(const pn_app *app, pn_str suggestion, pn_arena *arena);

#endif
