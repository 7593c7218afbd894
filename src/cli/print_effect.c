#include "cli/print_effect.h"

#include "base/banned.h"

typedef struct {
    pn_str strategy; /* or the difference of two */
    pn_effect_told told;
} told_row;

static void cell_number(pn_out *out, double value) {
    pn_cell_str(out, pn_str_format(out->arena, "%+.2f", value));
}

static void row(pn_out *out, const told_row *each, const char *what, pn_response_range range) {
    pn_cell_str(out, each->strategy);
    pn_cell_str(out, pn_str_dup(out->arena, pn_str_of(each->told.currency.code)));
    pn_cell_str(out, pn_str_of(what));
    cell_number(out, range.low);
    cell_number(out, range.middle);
    cell_number(out, range.high);
}

static void print_rows(pn_out *out, const told_row *each) {
    const pn_effect_told *told = &each->told;
    pn_response_range points = {told->share.low * 100, told->share.middle * 100,
                                told->share.high * 100};
    row(out, each, "days open, per invoice", told->days);
    row(out, each, "paid in the span, % of invoices", points);
    pn_cell_str(out, each->strategy);
    pn_cell_str(out, pn_str_dup(out->arena, pn_str_of(told->currency.code)));
    pn_cell_str(out, PN_STR("paid in the span, money"));
    pn_cell_amount(out, (pn_money){pn_effect_minor(told->money.low), told->currency});
    pn_cell_amount(out, (pn_money){pn_effect_minor(told->money.middle), told->currency});
    pn_cell_amount(out, (pn_money){pn_effect_minor(told->money.high), told->currency});
}

/* Plainly, where a range leaves it open whether there is an effect. */
static void print_doubt(pn_out *out, const told_row *each) {
    bool days = pn_response_range_covers_none(each->told.days);
    bool share = pn_response_range_covers_none(each->told.share);
    bool money = pn_response_range_covers_none(each->told.money);
    if (days || share || money) {
        pn_out_line(out,
                    "%.*s, %s: not to be told from no effect, for zero lies in the range of%s%s%s.",
                    PN_STR_ARG(each->strategy), each->told.currency.code, days ? " days" : "",
                    !share ? ""
                    : days ? ", invoices"
                           : " invoices",
                    !money          ? ""
                    : days || share ? ", money"
                                    : " money");
    }
}

static told_row *rows_of(pn_out *out, const pn_simulation *all, size_t count, size_t *ret_count) {
    size_t most = 2 * all[0].effect.count + (count > 1 ? all[1].effect.count : 0), at = 0;
    told_row *rows = pn_arena_array(out->arena, told_row, most + 1);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < all[i].effect.count; j++) {
            rows[at++] = (told_row){all[i].strategy, pn_effect_tell(&all[i].effect.sums[j])};
        }
    }
    for (size_t j = 0; count > 1 && j < all[0].effect.count; j++) {
        rows[at].strategy = pn_str_format(out->arena, "%.*s less %.*s", PN_STR_ARG(all[0].strategy),
                                          PN_STR_ARG(all[1].strategy));
        at += pn_effect_tell_difference(&all[0].effect.sums[j], &all[1].effect, &rows[at].told);
    }
    *ret_count = at;
    return rows;
}

static void print_ranges(pn_out *out, const pn_simulation *all, size_t count) {
    static const pn_column COLUMNS[] = {{"strategy", "Strategy", false}, {"currency", "", false},
                                        {"what", "Change in", false},    {"p10", "P10", true},
                                        {"p50", "Middle", true},         {"p90", "P90", true}};
    size_t row_count = 0;
    const told_row *rows = rows_of(out, all, count, &row_count);
    const pn_response *r = pn_effect_response(all[0].effect.effect);
    pn_out_line(out,
                "Against what was truly sent, fitted on %zu invoices of %zu debtors, with %zu "
                "messages, %zu payments within %d days after one and %zu without.",
                r->invoices, r->debtors, r->messages, r->paid_after, PN_RESPONSE_DAYS,
                r->paid_without);
    pn_out_table(out, "effect", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < row_count; i++) {
        print_rows(out, &rows[i]);
    }
    pn_out_table_end(out, "No invoice was open in that time.");
    for (size_t i = 0; i < row_count; i++) {
        print_doubt(out, &rows[i]);
    }
}

static void print_splits(pn_out *out, const pn_effect *effect) {
    size_t count = 0;
    const pn_effect_split *splits = pn_effect_splits(effect, &count);
    for (size_t i = 0; i < count; i++) {
        const pn_effect_split *s = &splits[i];
        pn_out_line(out,
                    "Measured, and stronger evidence: %.*s, %.*s: within %d days %lld of %lld "
                    "debtors of “%.*s” paid, of those kept apart %lld of %lld.",
                    PN_STR_ARG(s->strategy), PN_STR_ARG(s->split), PN_EFFECT_SPLIT_DAYS,
                    (long long)s->paid, (long long)s->ripe, PN_STR_ARG(s->arm),
                    (long long)s->apart_paid, (long long)s->apart_ripe);
        if (s->compared) {
            pn_out_line(out, "  Difference %+.1f points (%+.1f to %+.1f, 95 %%).",
                        (double)s->difference_bp / 100, (double)s->low_bp / 100,
                        (double)s->high_bp / 100);
        } else {
            pn_out_line(out, "  Too few to be compared.");
        }
    }
}

void pn_print_effect(pn_out *out, const pn_simulation *all, size_t count) {
    const pn_effect *effect = all[0].effect.effect;
    pn_out_title(out, "Effect on payment: estimated, not counted");
    print_splits(out, effect);
    if (!pn_effect_response(effect)->fitted) {
        pn_out_line(out, "%.*s", PN_STR_ARG(pn_effect_lack(effect, out->arena)));
        return;
    }
    print_ranges(out, all, count);
    pn_out_line(out, "What this rests on:");
    for (size_t i = 0; i < PN_EFFECT_ASSUMPTION_COUNT; i++) {
        pn_out_line(out, "- %s", PN_EFFECT_ASSUMPTIONS[i].says);
    }
}
