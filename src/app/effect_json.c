/* What a strategy would have changed in payment, as JSON: what the command prints and the API
 * answers. */
#include "app/effect.h"
#include "app/study_json.h"
#include "base/banned.h"

static void put_assumptions(pn_json_writer *w) {
    pn_study_begin_list(w, "assumptions");
    for (size_t i = 0; i < PN_EFFECT_ASSUMPTION_COUNT; i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "says", pn_str_of(PN_EFFECT_ASSUMPTIONS[i].says));
        pn_json_put_str(w, "word", pn_str_of(PN_EFFECT_ASSUMPTIONS[i].word));
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static void put_range(pn_json_writer *w, const char *key, pn_response_range range) {
    pn_json_key(w, pn_str_of(key));
    pn_json_begin_object(w);
    pn_json_put_bool(w, "covers_none", pn_response_range_covers_none(range));
    pn_study_put_number(w, "p10", range.low);
    pn_study_put_number(w, "p50", range.middle);
    pn_study_put_number(w, "p90", range.high);
    pn_json_end_object(w);
}

static void put_money(pn_json_writer *w, pn_response_range range, pn_currency currency) {
    unsigned decimals = pn_currency_decimals(currency);
    pn_json_key(w, PN_STR("money"));
    pn_json_begin_object(w);
    pn_json_put_bool(w, "covers_none", pn_response_range_covers_none(range));
    pn_study_put_amount(w, "p10", pn_effect_minor(range.low), decimals);
    pn_study_put_amount(w, "p50", pn_effect_minor(range.middle), decimals);
    pn_study_put_amount(w, "p90", pn_effect_minor(range.high), decimals);
    pn_json_end_object(w);
}

static void put_told(pn_json_writer *w, const pn_effect_told *told) {
    pn_json_put_str(w, "currency", pn_str_of(told->currency.code));
    put_range(w, "days", told->days);
    put_money(w, told->money, told->currency);
    put_range(w, "share", told->share);
}

static void put_currencies(pn_json_writer *w, const pn_effect_sums *sums) {
    pn_study_begin_list(w, "currencies");
    for (size_t i = 0; i < sums->count; i++) {
        const pn_effect_sum *sum = &sums->sums[i];
        unsigned decimals = pn_currency_decimals(sum->currency);
        pn_effect_told told = pn_effect_tell(sum);
        pn_json_begin_object(w);
        pn_study_put_amount(w, "amount", sum->amount, decimals);
        pn_json_put_int(w, "invoices", sum->invoices);
        pn_json_put_int(w, "otherwise_written", sum->written);
        put_told(w, &told);
        pn_json_put_int(w, "truly_paid", sum->paid);
        pn_study_put_amount(w, "truly_paid_amount", sum->paid_amount, decimals);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static void put_difference(pn_json_writer *w, const pn_effect_sums *sums,
                           const pn_effect_sums *against) {
    pn_study_begin_list(w, "difference");
    for (size_t i = 0; against != NULL && i < sums->count; i++) {
        pn_effect_told told;
        if (pn_effect_tell_difference(&sums->sums[i], against, &told)) {
            pn_json_begin_object(w);
            put_told(w, &told);
            pn_json_end_object(w);
        }
    }
    pn_json_end_array(w);
}

static void put_model(pn_json_writer *w, const pn_response *r) {
    pn_json_key(w, PN_STR("model"));
    pn_json_begin_object(w);
    pn_json_put_int(w, "debtors", (int64_t)r->debtors);
    pn_study_begin_list(w, "effects");
    for (size_t i = 0; r->fitted && i < PN_RESPONSE_FEATURES; i++) {
        pn_json_begin_object(w);
        pn_study_put_number(w, "error", r->errors[i]);
        pn_study_put_number(w, "log_odds", r->effects[i]);
        pn_json_put_str(w, "of", pn_str_of(PN_RESPONSE_NAMES[i]));
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_json_put_int(w, "invoices", (int64_t)r->invoices);
    pn_json_put_int(w, "messages", (int64_t)r->messages);
    pn_json_put_int(w, "messages_needed", PN_RESPONSE_MESSAGES_MIN);
    pn_json_put_int(w, "paid_after", (int64_t)r->paid_after);
    pn_json_put_int(w, "paid_needed", PN_RESPONSE_PAID_MIN);
    pn_json_put_int(w, "paid_without", (int64_t)r->paid_without);
    pn_json_end_object(w);
}

static void put_splits(pn_json_writer *w, const pn_effect *effect) {
    size_t count = 0;
    const pn_effect_split *splits = pn_effect_splits(effect, &count);
    pn_study_begin_list(w, "splits");
    for (size_t i = 0; i < count; i++) {
        const pn_effect_split *split = &splits[i];
        pn_json_begin_object(w);
        pn_json_put_int(w, "apart_debtors", split->apart_ripe);
        pn_json_put_int(w, "apart_paid", split->apart_paid);
        pn_json_put_str(w, "arm", split->arm);
        pn_json_put_bool(w, "compared", split->compared);
        pn_json_put_int(w, "debtors", split->ripe);
        pn_json_put_int(w, "difference_bp", split->difference_bp);
        pn_json_put_int(w, "difference_high_bp", split->high_bp);
        pn_json_put_int(w, "difference_low_bp", split->low_bp);
        pn_json_put_int(w, "paid", split->paid);
        pn_json_put_str(w, "split", split->split);
        pn_json_put_str(w, "strategy", split->strategy);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

void pn_effect_put(pn_json_writer *w, const pn_effect_sums *sums, const pn_effect_sums *against,
                   pn_arena *arena) {
    const pn_response *r = pn_effect_response(sums->effect);
    pn_json_begin_object(w);
    put_assumptions(w);
    put_currencies(w, sums);
    put_difference(w, sums, against);
    pn_json_put_bool(w, "fitted", r->fitted);
    put_model(w, r);
    put_splits(w, sums->effect);
    pn_json_put_str_if(w, "why_not", pn_effect_lack(sums->effect, arena));
    pn_json_end_object(w);
}
