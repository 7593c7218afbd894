/* What the DNS says of an organization's sender: whether receivers can believe its mail.
 *
 * SPF (RFC 7208) says whose servers may send for the domain of the envelope, DKIM (RFC 6376) which
 * key signs, DMARC (RFC 7489) what receivers do with what neither holds for. */
#ifndef PN_APP_MAIL_DNS_H
#define PN_APP_MAIL_DNS_H

#include "app/outlets.h"

typedef enum {
    PN_DNS_GOOD,    /* as it should be */
    PN_DNS_MISSING, /* there is none */
    PN_DNS_WRONG,   /* there is one that does not do */
    PN_DNS_UNKNOWN, /* no resolver answers */
} pn_dns_state;

typedef enum {
    PN_DNS_SPF,
    PN_DNS_DKIM,
    PN_DNS_DMARC,
    PN_DNS_CHECKS,
} pn_dns_kind;

typedef struct {
    pn_dns_kind kind;
    pn_dns_state state;
    pn_str name;   /* where it stands: "_dmarc.example.com"; empty: DKIM without a key */
    pn_str wanted; /* what should stand there */
    pn_str found;  /* what stands there; empty: nothing */
} pn_dns_check;

/* "spf"; "good". */
const char *pn_dns_kind_name(pn_dns_kind kind);
const char *pn_dns_state_name(pn_dns_state state);

/* What should stand there, by the channel's settings; nothing is asked yet (UNKNOWN). */
PN_MUST_USE pn_err pn_mail_dns_wanted(pn_app *app, const pn_channel_row *row, pn_arena *arena,
                                      pn_dns_check ret_checks[PN_DNS_CHECKS], pn_diag *diag);
/* The verdict on what was found under a name. Pure. */
void pn_mail_dns_judge(pn_dns_check *check, const pn_str *texts, size_t count);
/* Asks for all of them; waits some seconds at most. */
void pn_mail_dns_ask(pn_dns_check checks[PN_DNS_CHECKS], pn_arena *arena);

#endif
