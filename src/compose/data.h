/* The variables of a template: which there are, and the objects that hold a message's facts. */
#ifndef PN_COMPOSE_DATA_H
#define PN_COMPOSE_DATA_H

#include "compose/compose.h"
#include "liquid/value.h"

/* The class of the root object. */
extern const pn_liquid_class pn_compose_class;

/* A copy of the facts in which every text is one clean line (pn_clean), a link that is no link is
 * gone, and `reference` is filled. */
const pn_compose_facts *pn_compose_cleaned(const pn_compose_facts *facts, pn_arena *arena);

/* The root object of cleaned facts; it borrows from them. */
const pn_liquid_value *pn_compose_objects(const pn_compose_facts *facts, pn_arena *arena);

/* An amount whose currency is known; facts that are absent have none. */
static inline bool pn_compose_has(pn_money money) {
    return money.currency.code[0] != '\0';
}

#endif
