/* What another policy would do to the messages that wait: a dry run of the gate over the outbox.
 *
 * Each message is asked about by itself, at the moment at which the gate will ask (now, or when it
 * may leave), under the policy that holds and under the one that is tried. What other messages use
 * up meanwhile, holds and limits of a strategy are left out. */
#ifndef PN_APP_POLICY_TRY_H
#define PN_APP_POLICY_TRY_H

#include "app/catalog.h"
#include "core/gate.h"

enum {
    PN_POLICY_TRY_MAX = 2000,  /* messages that are asked about, by debtor */
    PN_POLICY_TRY_SHOWN = 100, /* changes that are told one by one */
};

typedef struct {
    pn_id message_id, debtor_id;
    pn_str debtor;
    pn_channel_kind channel;
    pn_time before, after; /* when it leaves; PN_TIME_NEVER: it does not */
    pn_str explanation;    /* of the gate, under the policy that is tried */
} pn_policy_change;

typedef struct {
    size_t waiting; /* asked about */
    bool more;      /* there are more, that were not */
    size_t later, sooner, never;
    pn_policy_change *changes; /* the first PN_POLICY_TRY_SHOWN */
    size_t count;
} pn_policy_tried;

/* The organization would use the policy `name` (empty: the countries'); `candidate` is what that
 * would be then, NULL: what is published. NOT_FOUND for a name that is none. Nothing is written. */
PN_MUST_USE pn_err pn_policy_try(pn_app *app, pn_str name, const pn_policy *candidate,
                                 pn_str language, pn_arena *arena, pn_policy_tried *ret_tried,
                                 pn_diag *diag);

#endif
