/* A simulation as JSON: what the command prints and the API answers. */
#include "app/simulate.h"
#include "app/study_json.h"
#include "base/banned.h"
#include "base/json.h"

static void put_counts(pn_json_writer *w, const char *key, const char *name,
                       const pn_simulated_count *items, size_t count) {
    pn_study_begin_list(w, key);
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_json_put_int(w, "count", items[i].count);
        pn_json_put_str(w, name, items[i].word);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static void put_texts(pn_json_writer *w, const pn_simulation *s) {
    pn_study_begin_list(w, "texts");
    for (size_t i = 0; i < s->text_count; i++) {
        const pn_simulated_text *text = &s->texts[i];
        pn_json_begin_object(w);
        pn_json_put_str(w, "channel", pn_str_of(pn_channel_kind_name(text->channel)));
        pn_json_put_str(w, "purpose", pn_str_of(pn_purpose_name(text->purpose)));
        pn_json_put_int(w, "sent", text->sent);
        pn_json_put_str(w, "template", text->family);
        pn_json_put_int(w, "tone", text->tone);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static void put_contacts_per_debtor(pn_json_writer *w, const pn_simulation *s) {
    static const char *const UP_TO[PN_SIMULATED_BINS] = {"0", "1", "2", "3", "4-5", "6-10", "11+"};
    pn_study_begin_list(w, "contacts_per_debtor");
    for (size_t i = 0; i < PN_SIMULATED_BINS; i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "contacts", pn_str_of(UP_TO[i]));
        pn_json_put_int(w, "debtors", s->bins[i]);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static void put_days(pn_json_writer *w, const pn_simulation *s) {
    pn_study_begin_list(w, "days");
    for (size_t i = 0; i < s->day_count; i++) {
        pn_json_begin_object(w);
        pn_json_key(w, PN_STR("by_channel"));
        pn_json_begin_object(w);
        for (int channel = PN_CHANNEL_NONE + 1; channel < PN_CHANNELS; channel++) {
            if (s->days[i].by_channel[channel] != 0) {
                pn_json_put_int(w, pn_channel_kind_name((pn_channel_kind)channel),
                                s->days[i].by_channel[channel]);
            }
        }
        pn_json_end_object(w);
        pn_json_put_int(w, "contacts", s->days[i].contacts);
        pn_study_put_date(w, "day", s->days[i].day);
        pn_json_put_int(w, "tasks", s->days[i].tasks);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static void put_loads(pn_json_writer *w, const pn_simulation *s,
                      const pn_simulated_person *person) {
    pn_study_begin_list(w, "days");
    for (size_t i = 0; i < s->day_count; i++) {
        if (person->loads[i] != 0) {
            pn_json_begin_object(w);
            pn_study_put_date(w, "day", s->days[i].day);
            pn_json_put_int(w, "tasks", person->loads[i]);
            pn_json_end_object(w);
        }
    }
    pn_json_end_array(w);
}

static void put_people(pn_json_writer *w, const pn_simulation *s) {
    pn_study_begin_list(w, "people");
    for (size_t i = 0; i < s->person_count; i++) {
        const pn_simulated_person *person = &s->people[i];
        pn_json_begin_object(w);
        pn_study_put_date(w, "busiest_day", person->busiest);
        put_loads(w, s, person);
        pn_json_put_int(w, "days_with_tasks", person->days);
        pn_json_put_int(w, "most_on_a_day", person->most);
        pn_json_put_str(w, "owner", person->owner);
        pn_json_put_int(w, "tasks", person->tasks);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static void put_charges(pn_json_writer *w, const pn_simulation *s) {
    pn_study_begin_list(w, "charges");
    for (size_t i = 0; i < s->charge_count; i++) {
        const pn_simulated_charge *charge = &s->charges[i];
        pn_json_begin_object(w);
        pn_json_put_str(w, "currency", pn_str_of(charge->currency.code));
        pn_study_put_amount(w, "fees", charge->fees, pn_currency_decimals(charge->currency));
        pn_study_put_amount(w, "interest", charge->interest,
                            pn_currency_decimals(charge->currency));
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

/* The local time, with its offset. */
static pn_str moment(pn_time at, const pn_zone *zone, pn_arena *arena) {
    char date[PN_DATE_ISO_SIZE];
    pn_local local = pn_zone_local(zone, at);
    int offset = pn_zone_offset(zone, at) / 60;
    return pn_str_format(arena, "%sT%02d:%02d:00%c%02d:%02d", pn_date_iso(local.date, date),
                         local.second / 3600, local.second / 60 % 60, offset < 0 ? '-' : '+',
                         PN_MAX(offset, -offset) / 60, PN_MAX(offset, -offset) % 60);
}

static void put_list(pn_json_writer *w, const pn_simulation *s, const pn_zone *zone,
                     pn_arena *arena) {
    pn_study_begin_list(w, "list");
    for (size_t i = 0; i < s->list_count; i++) {
        const pn_simulated_message *each = &s->list[i];
        pn_json_begin_object(w);
        pn_json_put_str(w, "at", moment(each->at, zone, arena));
        pn_json_put_str(w, "channel", pn_str_of(pn_channel_kind_name(each->channel)));
        pn_study_put_amount(w, "claimable", each->claimable.minor,
                            pn_currency_decimals(each->claimable.currency));
        pn_json_put_bool(w, "crossed_payment", each->crossed);
        pn_json_put_str(w, "currency", pn_str_of(each->claimable.currency.code));
        pn_json_put_str(w, "debtor", each->debtor);
        pn_json_put_str_if(w, "invoice", each->number);
        pn_json_put_str(w, "template", each->family);
        pn_json_put_int(w, "tone", each->tone);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

void pn_simulation_put(pn_json_writer *w, const pn_simulation *s, const pn_simulation *against,
                       const pn_zone *zone, pn_arena *arena) {
    pn_json_begin_object(w);
    pn_json_put_int(w, "cases", s->cases);
    put_charges(w, s);
    pn_json_put_int(w, "contacts", s->contacts);
    put_contacts_per_debtor(w, s);
    pn_simulated_cost_put(w, s->cost, s->cost_currency);
    pn_json_put_int(w, "crossed_payments", s->crossed);
    put_days(w, s);
    pn_json_put_int(w, "debtors", s->debtors);
    pn_json_put_int(w, "debtors_contacted", s->debtors_contacted);
    if (s->effect.effect != NULL) {
        pn_json_key(w, PN_STR("effect"));
        pn_effect_put(w, &s->effect, against != NULL ? &against->effect : NULL, arena);
    }
    pn_json_put_int(w, "endless_cases", s->endless);
    put_counts(w, "ends", "outcome", s->ends, s->end_count);
    pn_study_put_date(w, "from", s->from);
    pn_json_put_int(w, "handovers", s->handovers);
    put_counts(w, "held_by_contact_law", "reason", s->held, s->held_count);
    pn_json_put_int(w, "invoices", s->invoices);
    put_counts(w, "jumps", "strategy", s->jumps, s->jump_count);
    put_list(w, s, zone, arena);
    pn_json_put_int(w, "messages", s->messages);
    pn_json_put_int(w, "most_contacts_with_one_debtor", s->most);
    put_people(w, s);
    put_counts(w, "pills", "pill", s->pills, s->pill_count);
    put_counts(w, "pills_not_led", "pill", s->unled, s->unled_count);
    put_counts(w, "skipped", "reason", s->skipped, s->skipped_count);
    pn_json_put_str(w, "strategy", s->strategy);
    pn_json_put_int(w, "tasks", s->tasks);
    put_counts(w, "tasks_by_category", "category", s->categories, s->category_count);
    put_texts(w, s);
    pn_study_put_date(w, "to", s->to);
    pn_json_put_int(w, "truly_contacts", s->truly_contacts);
    pn_json_put_int(w, "truly_tasks", s->truly_tasks);
    pn_json_end_object(w);
}

pn_money pn_simulated_cost(int64_t millionths, pn_currency currency) {
    int64_t minor = 1000000 / pn_currency_unit(currency); /* one, in millionths */
    return (pn_money){(millionths + minor / 2) / minor, currency};
}

void pn_simulated_cost_put(pn_json_writer *w, int64_t millionths, pn_currency currency) {
    if (currency.code[0] != '\0') {
        pn_study_put_amount(w, "cost", pn_simulated_cost(millionths, currency).minor,
                            pn_currency_decimals(currency));
        pn_json_put_str(w, "cost_currency", pn_str_of(currency.code));
    }
}

pn_err pn_simulate_prices_parse(pn_str text, const pn_app *app, pn_simulate_prices *ret_prices,
                                pn_diag *diag) {
    pn_simulate_prices prices = {0};
    if (text.len != 0) {
        PN_TRY(pn_currency_parse(app->org.currency, &prices.currency));
    }
    while (text.len != 0) {
        size_t comma = pn_str_find_char(text, ',');
        pn_str part = pn_str_trim(pn_str_first(text, comma));
        text = comma == SIZE_MAX ? PN_STR_NONE : pn_str_from(text, comma + 1);
        size_t equals = pn_str_find_char(part, '=');
        pn_str name = pn_str_first(part, equals);
        pn_channel_kind channel = pn_channel_kind_of(name);
        int64_t price = -1;
        pn_err err = equals == SIZE_MAX
                         ? PN_INVALID
                         : pn_decimal_parse(pn_str_from(part, equals + 1), (pn_currency){{0}}, 6,
                                            (pn_number_style){'.', 0}, &price, NULL);
        if (err != PN_OK || price < 0 || price > 1000000000000 ||
            (channel == PN_CHANNEL_NONE && !pn_str_is(name, "task"))) {
            return pn_diag_set(diag, PN_INVALID,
                               "“%.*s” is no price: say for example email=0.02,letter=1.10,task=3.",
                               PN_STR_ARG(part));
        }
        if (channel == PN_CHANNEL_NONE) {
            prices.task = price;
        } else {
            prices.contact[channel] = price;
        }
    }
    *ret_prices = prices;
    return PN_OK;
}
