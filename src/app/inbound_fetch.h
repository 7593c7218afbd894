/* Bringing mail in: from a mailbox by IMAP, from a maildir. */
#ifndef PN_APP_INBOUND_FETCH_H
#define PN_APP_INBOUND_FETCH_H

#include "app/inbound.h"
#include "app/mailbox.h"

/* What is told while mail comes in. */
typedef struct {
    void (*opened)(void *context); /* the mailbox is there; may be NULL */
    void (*received)(void *context, const pn_received_row *row, bool existed);
    bool (*stopped)(void *context); /* NULL: until all is in */
    void *context;
} pn_inbound_listener;

/* Fetches what is new, and with `wait` stays for more until stopped. `ret_trouble` is set when a
 * mail could be stored but not marked or moved, else cleared. */
PN_MUST_USE pn_err pn_inbound_fetch(pn_inbound *inbound, const pn_mailbox *mailbox, bool wait,
                                    const pn_inbound_listener *listener, pn_diag *ret_trouble,
                                    pn_diag *diag);
/* The same from a mailbox that is set; how it went is kept with it, in a transaction of its own, so
 * that people see one that stopped working. */
PN_MUST_USE pn_err pn_inbound_fetch_named(pn_inbound *inbound, const pn_mailbox_row *row, bool wait,
                                          const pn_inbound_listener *listener, pn_diag *ret_trouble,
                                          pn_diag *diag);
/* How it went with a mailbox, in a transaction of its own; `trouble` is empty where it went well.
 */
PN_MUST_USE pn_err pn_inbound_checked(pn_app *app, const pn_mailbox_row *row, pn_str trouble,
                                      pn_diag *diag);
/* Logs in and opens the folder; changes nothing. */
PN_MUST_USE pn_err pn_inbound_look(pn_app *app, const pn_mailbox *mailbox, int64_t *ret_mails,
                                   pn_diag *diag);

/* Takes what lies in `path`/new, in the order of names (that is, of time), and moves each mail that
 * is stored to `path`/cur, marked as seen. IO when one could not be read; it stays, and the others
 * are taken. */
PN_MUST_USE pn_err pn_inbound_maildir(pn_inbound *inbound, pn_str path,
                                      const pn_inbound_listener *listener, pn_diag *diag);

/* The header of a mail that is too large: what is kept of it. Borrowed. */
pn_str pn_inbound_header(pn_str bytes);

#endif
