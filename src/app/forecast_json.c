/* A forecast as JSON: what the command prints and the API answers. */
#include "app/forecast.h"
#include "app/study_json.h"
#include "base/banned.h"

static void put_hundredths(pn_json_writer *w, const char *key, int64_t hundredths) {
    pn_study_put_number(w, key, (double)hundredths / 100);
}

static void put_cash(pn_json_writer *w, const pn_forecast *f) {
    pn_study_begin_list(w, "cash");
    for (size_t i = 0; i < f->cash_count; i++) {
        const pn_forecast_cash *cash = &f->cash[i];
        unsigned decimals = pn_currency_decimals(cash->currency);
        pn_json_begin_object(w);
        pn_json_put_str(w, "currency", pn_str_of(cash->currency.code));
        pn_study_begin_list(w, "days");
        for (int64_t day = 0; f->fitted && day < f->days; day++) {
            pn_json_begin_object(w);
            pn_study_put_date(w, "day", cash->days[day].day);
            pn_study_put_amount(w, "expected", cash->days[day].expected, decimals);
            pn_study_put_amount(w, "p10", cash->days[day].p10, decimals);
            pn_study_put_amount(w, "p50", cash->days[day].p50, decimals);
            pn_study_put_amount(w, "p90", cash->days[day].p90, decimals);
            pn_json_end_object(w);
        }
        pn_json_end_array(w);
        pn_json_put_int(w, "invoices", cash->invoices);
        pn_study_put_amount(w, "open", cash->open, decimals);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static void put_held(pn_json_writer *w, int days, const pn_spread_held *held) {
    pn_json_begin_object(w);
    pn_json_put_int(w, "days", days);
    pn_json_put_int(w, "times", (int64_t)held->times);
    pn_json_put_int(w, "within", (int64_t)held->within);
    pn_json_end_object(w);
}

static void put_coverage(pn_json_writer *w, const pn_forecast *f) {
    pn_study_begin_list(w, "coverage");
    if (f->tried) {
        put_held(w, 7, &f->held.week);
        put_held(w, 30, &f->held.month);
    }
    pn_json_end_array(w);
}

static void put_check(pn_json_writer *w, const pn_forecast *f) {
    const pn_hazard_check *check = &f->check;
    pn_json_key(w, PN_STR("check"));
    pn_json_begin_object(w);
    pn_study_put_number(w, "brier", check->brier);
    pn_study_begin_list(w, "calibration");
    for (int i = 0; i < PN_HAZARD_BINS; i++) {
        pn_json_begin_object(w);
        pn_study_put_number(w, "came", check->came[i]);
        pn_study_put_number(w, "foretold", check->foretold[i]);
        pn_json_put_int(w, "invoices", (int64_t)check->counts[i]);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    put_coverage(w, f);
    pn_study_put_number(w, "error_days", check->error_days);
    pn_study_put_date(w, "fitted_until", check->split);
    pn_json_put_int(w, "invoices", (int64_t)check->judged);
    pn_study_put_number(w, "naive_brier", check->naive_brier);
    pn_study_put_number(w, "naive_error_days", check->naive_days);
    pn_study_put_number(w, "pace", f->held.pace);
    pn_json_end_object(w);
}

static void put_loads(pn_json_writer *w, const pn_forecast *f) {
    pn_study_begin_list(w, "loads");
    for (int64_t day = 0; day < f->days; day++) {
        pn_json_begin_object(w);
        pn_json_key(w, PN_STR("by_channel"));
        pn_json_begin_object(w);
        for (int channel = PN_CHANNEL_NONE + 1; channel < PN_CHANNELS; channel++) {
            if (f->loads[day].by_channel[channel] != 0) {
                put_hundredths(w, pn_channel_kind_name((pn_channel_kind)channel),
                               f->loads[day].by_channel[channel]);
            }
        }
        pn_json_end_object(w);
        pn_study_put_date(w, "day", f->loads[day].day);
        put_hundredths(w, "messages", f->loads[day].messages);
        put_hundredths(w, "tasks", f->loads[day].tasks);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_study_begin_list(w, "people");
    for (size_t i = 0; i < f->person_count; i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "owner", f->people[i].owner);
        put_hundredths(w, "tasks", f->people[i].tasks);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

void pn_forecast_put(pn_json_writer *w, const pn_forecast *f) {
    pn_json_begin_object(w);
    put_cash(w, f);
    if (f->checked) {
        put_check(w, f);
    }
    pn_simulated_cost_put(w, f->cost, f->cost_currency);
    pn_json_put_int(w, "days", f->days);
    pn_json_put_int(w, "debtors", f->debtors);
    pn_json_put_int(w, "debtors_looked_at", f->debtors_looked_at);
    pn_json_put_bool(w, "fitted", f->fitted);
    pn_json_put_int(w, "fitted_invoices", (int64_t)f->hazard.invoices);
    pn_study_put_date(w, "from", f->from);
    put_loads(w, f);
    pn_json_end_object(w);
}
