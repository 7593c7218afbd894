/* Links that debtors hold: what their tokens open, for how long, and how that is ended.
 *
 * What stands in a message (its page, pixel, clicks, opt-out, web version) has links of the
 * carrier's own id, and no row: a night writes nothing for them. They are good for
 * PN_LIMIT_LINK_DAYS. A row (store/link.h) is written where a carrier's links lead to places of
 * others, where one is revoked, has a short code, or stands in no carrier at all.
 *
 * Times of links are real time, also in a sandbox. */
#ifndef PN_APP_LINKS_H
#define PN_APP_LINKS_H

#include "app/app.h"
#include "core/fact.h"
#include "format/link_token.h"
#include "store/link.h"

typedef enum { PN_LINK_GOOD, PN_LINK_EXPIRED, PN_LINK_REVOKED } pn_link_state;

typedef struct {
    pn_link_kind kind;
    pn_link_state state;
    pn_id id, org_id;
    pn_id creditor_id, debtor_id; /* 0: nobody's */
    pn_id account_id;             /* what it is about; 0: all of the debtor's */
    pn_id invoice_id;             /* 0: the whole account */
    pn_id carrier_id;             /* what it stands in; 0: nothing of ours */
    pn_channel_kind channel;      /* of that */
    pn_str target;                /* of a document: which; of a carrier: where clicks go, by line;
                                   * of a page: empty, or PN_LINK_OWN_LOOK */
    int64_t code;                 /* its short code; 0: none */
    pn_time made_at, expires_at;  /* the latter PN_TIME_NEVER: it does not */
} pn_link;

/* The target of a page's link that the company opens itself, to see what its debtor sees: it is
 * nobody's visit, and no form of it is taken. */
#define PN_LINK_OWN_LOOK "own look"

/* A link to make. */
typedef struct {
    pn_link_kind kind;
    pn_id debtor_id;
    pn_id account_id, invoice_id, carrier_id; /* 0: none */
    pn_str target;                            /* of a document: which; PN_LINK_OWN_LOOK */
    pn_time expires_at;                       /* 0: after PN_LIMIT_LINK_DAYS */
    bool brief;                               /* with a short code too: for SMS and paper */
} pn_link_request;

/* ── keys ── */

/* The organization has a key for its links afterwards; inside a transaction. LIMIT when all numbers
 * of keys are used up. */
PN_MUST_USE pn_err pn_links_ready(pn_app *app, pn_diag *diag);
/* Reads the organization's keys; part of loading the application. */
PN_MUST_USE pn_err pn_links_load(pn_app *app);
/* A new key for what is made from now on; links made with older ones go on working. */
PN_MUST_USE pn_err pn_links_new_key(pn_app *app, pn_diag *diag);
/* Everything that was made with an older key than the newest is worth nothing from now on: a copy
 * of the database came into wrong hands. `ret_count` keys are retired. */
PN_MUST_USE pn_err pn_links_retire_keys(pn_app *app, size_t *ret_count, pn_diag *diag);

/* True where the organization can make links: it has a public address and a key. */
bool pn_links_possible(const pn_app *app);

/* ── making ── */

/* Makes a link, in the transaction under way. INVALID with a sentence where the organization has
 * no public address or the debtor is somebody else's. */
PN_MUST_USE pn_err pn_link_make(pn_app *app, const pn_link_request *request, pn_arena *arena,
                                pn_link *ret_link, pn_diag *diag);
/* The same again for one that expired: what it is about, a new id, a new time; the old one stays as
 * it is. */
PN_MUST_USE pn_err pn_link_renew(pn_app *app, const pn_link *link, pn_arena *arena,
                                 pn_link *ret_link, pn_diag *diag);
/* Nobody gets anywhere with it from now on: the link of that id, or all that stand in the carrier
 * of that id; in the transaction under way. NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_link_revoke(pn_app *app, pn_id id, pn_arena *arena, pn_diag *diag);

/* "https://pagos.example.com/p/TOKEN". The organization can make links. Writes nothing: a link of a
 * carrier needs no more. */
pn_str pn_link_url(const pn_app *app, pn_link_kind kind, pn_id id, pn_arena *arena);
/* "https://pagos.example.com/s/CODE" for a link that has a short code. */
pn_str pn_link_brief_url(const pn_app *app, int64_t code, pn_arena *arena);
/* The short code that the links of a carrier would have, once there is a row that says so. */
int64_t pn_link_carrier_code(const pn_app *app, pn_id carrier_id);
/* Writes the row of a carrier's links, with the message itself: where its clicks go (a line each),
 * and its short code (0: none). */
PN_MUST_USE pn_err pn_link_carrier_store(pn_app *app, pn_id carrier_id, pn_id debtor_id,
                                         pn_str targets, int64_t code);

/* ── opening ── */

/* What a token opens. NOT_FOUND, with a sentence for whoever holds it, where we did not make it or
 * what it is about is gone; a forgery costs no look-up. One that expired or was revoked is given
 * all the same: its state says so. */
PN_MUST_USE pn_err pn_link_open(pn_app *app, pn_link_kind kind, pn_str token, pn_arena *arena,
                                pn_link *ret_link, pn_diag *diag);
/* The same without what takes a look at more than the link itself: of the link in a carrier its
 * account and invoice are not known, nor whether its debtor was erased meanwhile. `ret_carrier` is
 * what it stands in; its org_id is 0 where it stands in none. For what is asked for in masses. */
PN_MUST_USE pn_err pn_link_look(pn_app *app, pn_link_kind kind, pn_str token, pn_arena *arena,
                                pn_link *ret_link, pn_link_carrier *ret_carrier, pn_diag *diag);
/* The same for a short code. */
PN_MUST_USE pn_err pn_link_open_code(pn_app *app, pn_str code, pn_arena *arena, pn_link *ret_link,
                                     pn_diag *diag);

/* Whose a short code is; NOT_FOUND for one that is nobody's. */
PN_MUST_USE pn_err pn_link_code_org(pn_db *db, pn_str code, pn_arena *arena, pn_id *ret_org);

/* Whose a token is, without the database: keys of every organization, ascending by id. INVALID,
 * DENIED as pn_link_token_read. */
typedef struct {
    pn_link_key *keys;
    size_t count;
} pn_link_ring;

PN_MUST_USE pn_err pn_link_ring_load(pn_db *db, pn_arena *arena, pn_link_ring *ret_ring);
PN_MUST_USE pn_err pn_link_ring_org(const pn_link_ring *ring, pn_link_kind kind, pn_str token,
                                    pn_id *ret_id, pn_id *ret_org);

#endif
