/* The organization's history as the model of messages and payments reads it: each invoice with the
 * days that count, the messages about it that reached its debtor, and the days on which nobody was
 * written to. */
#ifndef PN_APP_EFFECT_PAST_H
#define PN_APP_EFFECT_PAST_H

#include "app/app.h"
#include "core/response.h"
#include "store/past.h"

/* Where an invoice stands. */
typedef struct {
    pn_id id;
    size_t at;
} pn_effect_place;

typedef struct {
    pn_spell_row *rows; /* by debtor, issue and id */
    pn_spell *spells;   /* beside them; days count from the one after it was loaded */
    pn_exposure *exposures;
    size_t count;
    pn_date until;           /* before it: no later than today and the day after the last payment */
    pn_effect_place *places; /* by id */
} pn_effect_past;

/* All of it, in the arena; days are the zone's. */
PN_MUST_USE pn_err pn_effect_past_read(pn_app *app, const pn_zone *zone, pn_arena *arena,
                                       pn_effect_past *ret_past);
/* SIZE_MAX: it is not there. */
size_t pn_effect_past_find(const pn_effect_past *past, pn_id invoice_id);
/* Whether it was loaded and not over before that day. */
bool pn_effect_open_on(const pn_spell *spell, pn_date day);

#endif
