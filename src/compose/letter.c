#include "compose/letter.h"

#include <stdio.h>

#include "base/banned.h"
#include "base/limits.h"
#include "compose/block.h"
#include "compose/data.h"
#include "compose/picture.h"

/* The variant decides the language, the debtor's country how that language is written there. */
static pn_str country_of(const pn_variant *variant, const pn_compose_facts *facts) {
    if (facts->country.len != 0) {
        return facts->country;
    }
    pn_str tag = facts->language.len > 3 && pn_str_eq(pn_str_first(facts->language, 2),
                                                      pn_str_first(variant->language, 2))
                     ? facts->language
                     : variant->language;
    return tag.len == 5 ? pn_str_from(tag, 3) : PN_STR_NONE; /* "es-419" names no country */
}

/* ── texts on the arena ──────────────────────────────────────────────────────────────────────── */

/* A buffer over arena memory: it never grows. */
static pn_buf buf_on(pn_arena *arena, size_t size) {
    return (pn_buf){.ptr = pn_arena_alloc(arena, size), .capacity = size, .max = size};
}

enum { MONEY_SIZE = 48, DAY_SIZE = 40, DELAY_SIZE = 48, NOTE_SIZE = 192 };

pn_str pn_letter_money(const pn_letter *letter, pn_money money) {
    if (!pn_compose_has(money)) {
        return PN_STR_NONE;
    }
    pn_buf buf = buf_on(letter->arena, MONEY_SIZE);
    pn_money_text(&buf, money, letter->context.language, letter->context.country);
    return pn_buf_str(&buf);
}

pn_str pn_letter_day(const pn_letter *letter, pn_date date) {
    pn_buf buf = buf_on(letter->arena, DAY_SIZE);
    pn_date_text_long(&buf, date, letter->context.language, letter->context.country);
    return pn_buf_str(&buf);
}

/* ── rows ────────────────────────────────────────────────────────────────────────────────────── */

pn_money pn_letter_shown(const pn_compose_item *item, pn_purpose purpose) {
    if (purpose != PN_PURPOSE_SERVICE) {
        return item->claimable;
    }
    return item->open.minor != 0 ? item->open : item->amount;
}

/* Why the amount is not the one printed on the invoice. */
static pn_str note_of(const pn_letter *letter, const pn_compose_item *item, pn_money shown) {
    bool charged = item->charges.minor > 0 && shown.minor > item->charges.minor;
    int64_t own = shown.minor - (charged ? item->charges.minor : 0);
    bool partly = item->amount.minor > own && pn_compose_has(item->amount);
    if (!charged && !partly) {
        return PN_STR_NONE;
    }
    pn_buf buf = buf_on(letter->arena, NOTE_SIZE);
    if (partly) {
        pn_words_fill(&buf, letter->words->out_of, pn_letter_money(letter, item->amount));
    }
    if (charged) {
        pn_buf_add_str(&buf, partly ? PN_STR(", ") : PN_STR_NONE);
        pn_words_fill(&buf, letter->words->with_charges, pn_letter_money(letter, item->charges));
    }
    return pn_buf_str(&buf);
}

static void fill_row(const pn_letter *letter, const pn_compose_item *item, pn_money shown,
                     pn_row *row) {
    pn_buf due = buf_on(letter->arena, DAY_SIZE), delay = buf_on(letter->arena, DELAY_SIZE);
    if (item->due != PN_DATE_NONE) {
        pn_date_text_short(&due, item->due, letter->context.language, letter->context.country);
        pn_words_delay(&delay, letter->words, item->days_overdue);
    }
    *row = (pn_row){
        .number = item->number,
        .due = pn_buf_str(&due),
        .delay = pn_buf_str(&delay),
        .amount = pn_letter_money(letter, shown),
        .note = note_of(letter, item, shown),
    };
}

/* A sum that passes 64 bits or mixes currencies is no amount at all, and prints as nothing. */
static void add_to(pn_money *sum, pn_money amount, bool first) {
    if (first) {
        *sum = amount;
    } else if (pn_money_add(*sum, amount, sum) != PN_OK) {
        *sum = (pn_money){0};
    }
}

static pn_rows rows_of(const pn_letter *letter, const pn_compose_item *items, size_t count) {
    size_t shown_count = PN_MIN(count, letter->rows_max);
    pn_row *rows = pn_arena_alloc(letter->arena, shown_count * sizeof *rows);
    pn_money sum = {0}, left = {0};
    for (size_t i = 0; i < count; i++) {
        pn_money shown = pn_letter_shown(&items[i], letter->variant->purpose);
        add_to(&sum, shown, i == 0);
        if (i < shown_count) {
            fill_row(letter, &items[i], shown, &rows[i]);
        } else {
            add_to(&left, shown, i == shown_count);
        }
    }
    return (pn_rows){
        .rows = rows,
        .count = shown_count,
        .left_out = count - shown_count,
        .left_total = count > shown_count ? pn_letter_money(letter, left) : PN_STR_NONE,
        .total = count > 1 ? pn_letter_money(letter, sum) : PN_STR_NONE,
        .sum = sum,
    };
}

/* ── the letter ──────────────────────────────────────────────────────────────────────────────── */

void pn_letter_init(pn_letter *letter, const pn_variant *variant, const pn_compose_facts *facts,
                    size_t rows_max, pn_arena *arena, pn_diag *diag) {
    enum { SCRATCH_BYTES = 2048 };
    const pn_compose_facts *clean = pn_compose_cleaned(facts, arena);
    *letter = (pn_letter){
        .variant = variant,
        .facts = clean,
        .words = variant->words,
        .brand = pn_brand_of(clean->brand_colour),
        .context = {.root = pn_compose_objects(clean, arena),
                    .language = variant->language,
                    .country = country_of(variant, clean),
                    .zone = clean->zone,
                    .now = clean->now},
        .rows_max = rows_max,
        .arena = arena,
        .diag = diag,
    };
    for (size_t i = 0; i < variant->block_count && variant->channel == PN_CHANNEL_EMAIL; i++) {
        letter->places_logo = letter->places_logo || variant->blocks[i].kind->html == pn_logo_html;
    }
    pn_buf_init(&letter->scratch, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&letter->plain, 2 * PN_LIMIT_TEMPLATE_BYTES);
    (void)pn_buf_reserve(&letter->scratch, SCRATCH_BYTES);
    letter->overdue = rows_of(letter, clean->overdue, clean->overdue_count);
    letter->upcoming = rows_of(letter, clean->upcoming, clean->upcoming_count);
}

void pn_letter_done(pn_letter *letter) {
    pn_buf_done(&letter->scratch);
    pn_buf_done(&letter->plain);
}

pn_err pn_letter_render(pn_letter *letter, const pn_liquid_template *program,
                        pn_liquid_escape escape, const char *part, unsigned number, pn_buf *out) {
    letter->context.escape = escape;
    pn_err err = pn_liquid_render(program, &letter->context, letter->arena, out, letter->diag);
    if (err != PN_OK && letter->diag != NULL) {
        char where[sizeof letter->diag->where], behind[16] = "";
        (void)snprintf(where, sizeof where, "%s", letter->diag->where);
        if (number != 0) {
            (void)snprintf(behind, sizeof behind, " %u", number);
        }
        pn_diag_where(letter->diag, "%s%s%s%s", part, behind, where[0] == '\0' ? "" : ", ", where);
    }
    return err;
}
