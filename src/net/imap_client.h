/* One connection to one mailbox, from beginning to end: dials, secures, and moves the bytes of a
 * pn_imap session, with limits of time. Blocks its thread.
 *
 * libcurl was rejected: it cannot IDLE, and it would connect where our connect guard says no.
 * docs/decisions/imap.md */
#ifndef PN_NET_IMAP_CLIENT_H
#define PN_NET_IMAP_CLIENT_H

#include "base/time.h"
#include "net/imap.h"

typedef struct {
    pn_str host; /* a name, or an address without brackets */
    uint16_t port;
    bool tls_at_once;  /* imaps */
    bool verify_none;  /* only ever over loopback */
    pn_str ca_file;    /* empty: the system's authorities */
    unsigned networks; /* pn_net_kind: what may be connected to */
    pn_imap_options session;
} pn_imap_account;

/* Brings in what there is; with session.wait it stays, until `stopped` says so (asked about once a
 * second; may be NULL). How it ended, as pn_imap_result says it, or why there was no connection.
 * `ret_trouble` (may be NULL) is set to a sentence when something that loses no mail did not work,
 * else cleared. */
PN_MUST_USE pn_err pn_imap_run(const pn_env *env, const pn_imap_account *account,
                               const pn_imap_owner *owner, void *context,
                               bool (*stopped)(void *context), pn_diag *ret_trouble, pn_diag *diag);

#endif
