/* What becomes of money that somebody set out to pay through a provider: the states of a payment
 * intent, and which of what a provider tells is believed.
 *
 * Providers repeat themselves, come late and contradict each other; so what they tell is a claim
 * about a state, and this table says what follows from it:
 *
 *   - Money wins. A success is believed whatever was believed before, for a payer whose card was
 *     declined once, or whose voucher had run out, may have paid all the same.
 *   - What comes after money is only that it went back (refunded). A failure that is told after a
 *     success is a contradiction: nothing changes, and the provider is asked.
 *   - Refunded is the end.
 *
 * So the same claims in any order and number end in the same state. Pure. */
#ifndef PN_CORE_PAYIN_H
#define PN_CORE_PAYIN_H

#include "base/str.h"

/* Order is stored. */
typedef enum {
    PN_PAYIN_CREATED,   /* the payer may pay; nothing is under way */
    PN_PAYIN_PENDING,   /* money is on its way, or a voucher is: not asked for meanwhile */
    PN_PAYIN_SUCCEEDED, /* it is in the books */
    PN_PAYIN_FAILED,
    PN_PAYIN_EXPIRED,
    PN_PAYIN_REFUNDED, /* all of it went back */
    PN_PAYIN_STATES
} pn_payin_state;

/* "created", "pending", … */
const char *pn_payin_state_name(pn_payin_state state);
/* PN_PAYIN_STATES when there is none of that name. */
pn_payin_state pn_payin_state_of(pn_str name);

typedef enum {
    PN_PAYIN_STAYS,       /* known already, or overtaken: nothing follows */
    PN_PAYIN_MOVES,       /* the claim is the new state */
    PN_PAYIN_CONTRADICTS, /* cannot be after what is known: the provider is asked */
} pn_payin_verdict;

/* What follows when a provider claims `claim` of an intent in `state`. */
pn_payin_verdict pn_payin_judge(pn_payin_state state, pn_payin_state claim);

/* When a provider is asked how it goes, in seconds after the last time: soon at first, seldom
 * later; `asked` is how often it was. */
int64_t pn_payin_patience_seconds(int64_t asked);

#endif
