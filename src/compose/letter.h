/* One e-mail while it is being written: its facts, made ready to print. */
#ifndef PN_COMPOSE_LETTER_H
#define PN_COMPOSE_LETTER_H

#include "compose/brand.h"
#include "compose/family.h"
#include "liquid/liquid.h"

/* An invoice as the tables show it. */
typedef struct {
    pn_str number;
    pn_str due;    /* "14/02/2026"; empty when there is none */
    pn_str delay;  /* "hace 17 días" */
    pn_str amount; /* what this message is about: see pn_letter_shown */
    pn_str note;   /* "de 1.500,00 €", "incluye 40,00 € de intereses y gastos"; may be empty */
} pn_row;

/* The overdue ones, or those not due yet. */
typedef struct {
    const pn_row *rows;
    size_t count;      /* of the rows */
    size_t left_out;   /* invoices past that limit */
    pn_str left_total; /* what they come to */
    pn_str total;      /* of all; empty for a single one */
    pn_money sum;
} pn_rows;

typedef struct {
    const pn_variant *variant;
    const pn_compose_facts *facts; /* cleaned */
    const pn_words *words;
    pn_brand brand;
    pn_liquid_context context;
    pn_arena *arena;
    pn_diag *diag;
    pn_buf scratch, plain; /* of what is being written */
    size_t rows_max;
    pn_rows overdue, upcoming;
    bool has_heading;
    bool places_logo; /* a block says where the logo stands */
} pn_letter;

/* Prepares the facts for one variant; of each list `rows_max` invoices are shown one by one. */
void pn_letter_init(pn_letter *letter, const pn_variant *variant, const pn_compose_facts *facts,
                    size_t rows_max, pn_arena *arena, pn_diag *diag);
void pn_letter_done(pn_letter *letter);

/* Renders a program for a context into `out`; on failure the diag's place begins with `part`, and
 * with `number` behind it unless that is 0. */
PN_MUST_USE pn_err pn_letter_render(pn_letter *letter, const pn_liquid_template *program,
                                    pn_liquid_escape escape, const char *part, unsigned number,
                                    pn_buf *out);

/* The amount of an invoice that a purpose is about: what may be claimed in demands and formal
 * notices; elsewhere what is open, and for an invoice that is paid what it was for. */
pn_money pn_letter_shown(const pn_compose_item *item, pn_purpose purpose);

/* As a person of the letter's language and country writes it; on the arena. */
pn_str pn_letter_money(const pn_letter *letter, pn_money money);
pn_str pn_letter_day(const pn_letter *letter, pn_date date);

#endif
