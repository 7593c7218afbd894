/* What a compiled family is made of. */
#ifndef PN_COMPOSE_FAMILY_H
#define PN_COMPOSE_FAMILY_H

#include "compose/compose.h"
#include "compose/words.h"
#include "liquid/liquid.h"

typedef struct pn_block_kind pn_block_kind;

typedef struct {
    const pn_block_kind *kind;
    const pn_liquid_template *program; /* of what the author wrote; NULL where nothing was */
    unsigned number;                   /* from 1, for messages */
} pn_block;

struct pn_variant {
    pn_purpose purpose;
    pn_channel_kind channel;
    pn_str language;
    pn_form form;
    unsigned tone;
    const pn_words *words;
    /* e-mail */
    const pn_liquid_template *subject, *preheader; /* the latter may be NULL */
    const pn_block *blocks;
    size_t block_count;
    /* every other channel */
    const pn_liquid_template *text;
};

struct pn_family {
    pn_str name, title;
    pn_purpose purpose;
    const pn_variant *variants;
    size_t variant_count;
};

#endif
