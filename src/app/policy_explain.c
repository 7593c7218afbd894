#include "app/policy_explain.h"

#include "app/catalog.h"
#include "base/banned.h"
#include "base/embedded.h"
#include "calendar/phone.h"

extern const pn_embedded pn_share_files[];

enum { SPANS_MAX = 8 };

typedef struct {
    pn_app *app; /* NULL: none */
    const pn_policy_question *question;
    pn_arena *arena;
    pn_policy_explained *out;
    pn_gate_query query;
    pn_diag *diag;
} explainer;

static pn_err wrong(explainer *e, const char *where, const char *sentence) {
    pn_err err = pn_diag_set(e->diag, PN_INVALID, "%s", sentence);
    pn_diag_where(e->diag, "%s", where);
    return err;
}

/* ── which policy ────────────────────────────────────────────────────────────────────────────── */

static pn_err read_policy(explainer *e, pn_str name) {
    const pn_policy *const *list = NULL;
    size_t count = 0;
    const pn_policy **chosen = &e->out->policy;
    if (e->app != NULL) {
        PN_TRY(pn_catalog_policies(e->app, &list, &count, e->diag));
    }
    for (size_t i = 0; i < count; i++) { /* own versions come first, oldest first */
        bool in_force = list[i]->from == PN_DATE_NONE || list[i]->from <= e->out->from;
        bool newer = *chosen == NULL || (*chosen)->from <= list[i]->from;
        if (pn_str_eq(list[i]->name, name) && in_force && newer) {
            *chosen = list[i];
        }
    }
    if (*chosen != NULL) {
        return PN_OK;
    }
    pn_str path = pn_str_format(e->arena, "policies/%.*s.json", PN_STR_ARG(name));
    const pn_embedded *file = pn_embedded_find(pn_share_files, path);
    if (file == NULL) {
        return PN_NOT_FOUND;
    }
    pn_json *json = NULL;
    PN_TRY(pn_json_parse(pn_embedded_text(file), NULL, e->arena, &json, e->diag));
    return pn_policy_parse(json, e->arena, chosen, e->diag);
}

static pn_err choose_policy(explainer *e) {
    pn_str name = e->question->policy;
    char lower[2] = {0};
    if (name.len != 0) {
        pn_err err = read_policy(e, name);
        if (err == PN_NOT_FOUND) {
            err =
                pn_diag_set(e->diag, PN_NOT_FOUND, "There is no policy “%.*s”.", PN_STR_ARG(name));
            pn_diag_mend(e->diag, "`puntual policy list` shows those there are.");
        }
        return err;
    }
    for (size_t i = 0; i < 2; i++) {
        lower[i] = pn_to_lower(e->out->country.ptr[i]);
    }
    pn_err err = read_policy(e, (pn_str){lower, 2});
    return err == PN_NOT_FOUND ? read_policy(e, PN_STR("neutral")) : err;
}

/* ── where and when ──────────────────────────────────────────────────────────────────────────── */

static pn_err read_zone(explainer *e, pn_str name) {
    return name.len == 0
               ? PN_OK
               : pn_app_zone_file(name, e->arena, &e->query.zones[e->query.zone_count++], e->diag);
}

/* As the gate does: a number that may ring in the address's zone tells nothing new. */
static pn_err read_phone(explainer *e) {
    pn_str number = PN_STR_NONE, names[PN_PHONE_ZONES_MAX];
    pn_gate_query query = e->query;
    if (e->question->phone.len == 0) {
        return PN_OK;
    }
    PN_TRY(pn_phone_read(e->question->phone, e->out->country, e->arena, &number, e->diag));
    size_t count = pn_phone_zones(number, names);
    for (size_t i = 0; i < count; i++) {
        if (pn_str_eq(names[i], pn_zone_name(e->query.zones[0]))) {
            return PN_OK;
        }
        PN_TRY(pn_app_zone_file(names[i], e->arena, &query.zones[query.zone_count++], e->diag));
    }
    e->query = query;
    return PN_OK;
}

static pn_err read_place(explainer *e) {
    const pn_policy_question *q = e->question;
    pn_policy_explained *out = e->out;
    out->country = q->country.len != 0 ? q->country
                   : e->app != NULL    ? e->app->org.country
                                       : PN_STR_NONE;
    if (out->country.len != 2) {
        return wrong(e, "country", "A country is two letters, like CO.");
    }
    pn_str zone = q->zone.len != 0 ? q->zone : pn_zone_of_country(out->country, q->region);
    if (zone.len == 0) {
        return wrong(e, "zone", "No zone is known for this country; say one.");
    }
    PN_TRY(read_zone(e, zone));
    PN_TRY(read_zone(e, q->phone_zone));
    PN_TRY(read_phone(e));
    out->region = e->query.about.region = q->region;
    out->calendar = e->app != NULL ? pn_app_calendar(e->app, out->country, q->region)
                                   : pn_calendar_for(out->country, q->region);
    e->query.calendar = &out->calendar;
    out->zone_count = e->query.zone_count;
    memcpy(out->zones, e->query.zones, sizeof out->zones);
    return PN_OK;
}

static pn_err read_question(explainer *e) {
    const pn_policy_question *q = e->question;
    pn_policy_explained *out = e->out;
    PN_TRY(read_place(e));
    out->from = q->from != PN_DATE_NONE ? q->from : pn_zone_date(e->query.zones[0], q->now);
    out->to = q->to != PN_DATE_NONE ? q->to : out->from + 6;
    if (out->to < out->from || out->to - out->from >= PN_POLICY_DAYS_MAX) {
        return wrong(e, "to", "The last day is no earlier than the first; 800 days at most.");
    }
    out->day_count = (size_t)(out->to - out->from) + 1;
    out->channels =
        q->channels != 0 ? q->channels : ((1U << PN_CHANNELS) - 1) & ~1U & ~(1U << PN_CHANNEL_HTTP);
    out->company = q->company;
    out->third_party = q->third_party;
    e->query.about.person = !q->company;
    e->query.about.third_party = q->third_party;
    out->holidays_known = pn_holiday_country_known(out->country) &&
                          pn_date_civil(out->from).year >= pn_holiday_first_year() &&
                          pn_date_civil(out->to).year <= pn_holiday_last_year();
    return choose_policy(e);
}

/* ── hours ───────────────────────────────────────────────────────────────────────────────────── */

static void add_clock(pn_buf *out, const pn_zone *zone, pn_date date, pn_time at) {
    pn_local local = pn_zone_local(zone, at);
    int32_t second = local.date > date ? 86400 : local.second;
    pn_buf_add_format(out, "%02d:%02d", second / 3600, second / 60 % 60);
}

static pn_str hours_of(explainer *e, pn_channel_kind channel, pn_date date) {
    pn_gate_span spans[SPANS_MAX];
    const pn_zone *zone = e->query.zones[0];
    pn_buf out;
    pn_buf_init(&out, 1000);
    e->query.about.channel = channel;
    size_t count = pn_gate_spans(e->out->policy, &e->query, date, spans, SPANS_MAX);
    for (size_t i = 0; i < count; i++) {
        pn_buf_add_z(&out, i == 0 ? "" : ", ");
        add_clock(&out, zone, date, spans[i].from);
        pn_buf_add_z(&out, "–");
        add_clock(&out, zone, date, spans[i].to);
    }
    pn_str copy = pn_str_dup(e->arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return copy;
}

static void find_hours(explainer *e) {
    pn_policy_explained *out = e->out;
    for (int kind = 1; kind < PN_CHANNELS; kind++) {
        if ((out->channels >> kind & 1U) == 0) {
            continue;
        }
        pn_str *hours = pn_arena_array(e->arena, pn_str, out->day_count);
        for (size_t day = 0; day < out->day_count; day++) {
            hours[day] = hours_of(e, (pn_channel_kind)kind, out->from + (pn_date)day);
        }
        out->hours[kind] = hours;
    }
}

/* ── rules ───────────────────────────────────────────────────────────────────────────────────── */

typedef void rule_words(const void *rule, pn_buf *out);

static void cap_words(const void *rule, pn_buf *out) {
    const pn_policy_cap *cap = rule;
    pn_channels_words(cap->scope.channels, out);
    pn_buf_add_z(out, ": ");
    pn_policy_cap_words(cap, out);
}

static void gap_words(const void *rule, pn_buf *out) {
    const pn_policy_gap *gap = rule;
    pn_channels_words(gap->scope.channels, out);
    pn_buf_add_z(out, ": ");
    pn_policy_gap_words(gap, out);
}

static void window_words(const void *rule, pn_buf *out) {
    const pn_policy_window *window = rule;
    pn_channels_words(window->scope.channels, out);
    pn_buf_add_z(out, ": ");
    pn_policy_window_words(window, out);
}

static void consent_words(const void *rule, pn_buf *out) {
    pn_channels_words(((const pn_policy_consent *)rule)->scope.channels, out);
}

static void opt_out_words(const void *rule, pn_buf *out) {
    pn_buf_add_z(out, "by one of these shuts all of them: ");
    consent_words(rule, out);
}

static void text_words(const void *rule, pn_buf *out) {
    const pn_policy_text *text = rule;
    pn_channels_words(text->scope.channels, out);
    pn_buf_add_format(out, ": %.*s", PN_STR_ARG(text->name));
}

static void protection_words(const void *rule, pn_buf *out) {
    const pn_policy_protection *protection = rule;
    pn_buf_add_format(out, "%s: ", pn_protect_name(protection->kind));
    pn_policy_protection_words(protection, out);
}

/* Whether a rule holds for the case, by whatever channel, on some day of the period. */
static bool holds(const explainer *e, const pn_policy_scope *scope) {
    pn_policy_scope always = *scope;
    pn_policy_case about = e->query.about;
    always.since = INT32_MIN;
    always.until = INT32_MAX;
    about.purpose = PN_PURPOSE_DEMAND;
    return scope->since <= e->out->to && scope->until >= e->out->from &&
           pn_policy_concerns(&always, &about, e->out->from);
}

/* Rules of all kinds begin with their scope, so one loop reads each list. */
static void add_rules(explainer *e, const char *kind, const void *list, size_t count, size_t size,
                      rule_words *write) {
    pn_policy_explained *out = e->out;
    bool by_channel = write != protection_words;
    for (size_t i = 0; i < count; i++) {
        const pn_policy_scope *scope = (const void *)((const char *)list + i * size);
        if (!holds(e, scope)) {
            continue;
        }
        pn_buf words;
        pn_buf_init(&words, 1000);
        write(scope, &words);
        out->rules[out->rule_count++] = (pn_policy_rule){
            .kind = kind,
            .scope = scope,
            .words = pn_str_dup(e->arena, pn_buf_str(&words)),
            .asked = !by_channel || (scope->channels & out->channels) != 0,
        };
        pn_buf_done(&words);
    }
}

static void find_rules(explainer *e) {
    const pn_policy *p = e->out->policy;
    size_t most = p->window_count + p->cap_count + p->gap_count + p->consent_count +
                  p->opt_out_count + p->text_count + p->protection_count;
    e->out->rules = pn_arena_array(e->arena, pn_policy_rule, most + 1);
    add_rules(e, "window", p->windows, p->window_count, sizeof *p->windows, window_words);
    add_rules(e, "cap", p->caps, p->cap_count, sizeof *p->caps, cap_words);
    add_rules(e, "gap", p->gaps, p->gap_count, sizeof *p->gaps, gap_words);
    add_rules(e, "consent", p->consents, p->consent_count, sizeof *p->consents, consent_words);
    add_rules(e, "opt_out", p->opt_outs, p->opt_out_count, sizeof *p->opt_outs, opt_out_words);
    add_rules(e, "text", p->texts, p->text_count, sizeof *p->texts, text_words);
    add_rules(e, "protect", p->protections, p->protection_count, sizeof *p->protections,
              protection_words);
}

pn_err pn_policy_explain(pn_app *app, const pn_policy_question *question, pn_arena *arena,
                         pn_policy_explained *ret_explained, pn_diag *diag) {
    static const pn_policy_explained NOTHING;
    explainer e = {
        .app = app, .question = question, .arena = arena, .out = ret_explained, .diag = diag};
    *ret_explained = NOTHING;
    PN_TRY(read_question(&e));
    find_hours(&e);
    find_rules(&e);
    return PN_OK;
}
