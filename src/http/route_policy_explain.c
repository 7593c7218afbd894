/* What a contact policy leaves, and why. Nothing is written. */
#include "app/catalog.h"
#include "app/policy_explain.h"
#include "base/banned.h"
#include "core/policy_sources.h"
#include "http/answer.h"
#include "http/tables.h"

/* ── what it gives ───────────────────────────────────────────────────────────────────────────── */

static const pn_shape HOURS_FIELDS[] = {
    {.name = "channel", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "open",
     .type = PN_SHAPE_TEXT,
     .help = "07:00–19:00, several with a comma between; null: shut"},
    {.name = NULL},
};
static const pn_shape DAY_FIELDS[] = {
    {.name = "date", .type = PN_SHAPE_DATE, .required = true},
    {.name = "holiday", .type = PN_SHAPE_TEXT, .help = "its name"},
    {.name = "hours", .type = PN_SHAPE_LIST, .fields = HOURS_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_shape CHANNEL_FIELDS[] = {
    {.name = "", .type = PN_SHAPE_TEXT},
    {.name = NULL},
};
static const pn_shape RULE_FIELDS[] = {
    {.name = "rule",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .help = "window, cap, gap, consent, opt_out, text or protect"},
    {.name = "channels", .type = PN_SHAPE_LIST, .fields = CHANNEL_FIELDS, .required = true},
    {.name = "words", .type = PN_SHAPE_LINES, .required = true},
    {.name = "since", .type = PN_SHAPE_DATE, .help = "the first day it holds"},
    {.name = "until", .type = PN_SHAPE_DATE, .help = "the last day it holds"},
    {.name = "source", .type = PN_SHAPE_LINES, .help = "law and article, and what it says"},
    {.name = "basis",
     .type = PN_SHAPE_TEXT,
     .help = "what the source is: a law, guidance of an authority, practice, unconfirmed"},
    {.name = "in_force", .type = PN_SHAPE_DATE, .help = "the source, since then"},
    {.name = "checked", .type = PN_SHAPE_DATE, .help = "when somebody last looked at the source"},
    {.name = "url", .type = PN_SHAPE_TEXT, .help = "of the source"},
    {.name = NULL},
};
static const pn_shape EXPLAINED_FIELDS[] = {
    {.name = "policy", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "version", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "country", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "region", .type = PN_SHAPE_TEXT},
    {.name = "zone", .type = PN_SHAPE_TEXT, .required = true, .help = "the hours are of this zone"},
    {.name = "holidays_known",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "false: the program does not know the public holidays of all these days"},
    {.name = "days", .type = PN_SHAPE_LIST, .fields = DAY_FIELDS, .required = true},
    {.name = "rules", .type = PN_SHAPE_LIST, .fields = RULE_FIELDS, .required = true},
    {.name = "notes",
     .type = PN_SHAPE_LIST,
     .fields = CHANNEL_FIELDS,
     .required = true,
     .help = "what people should know and no rule says"},
    {.name = NULL},
};
static const pn_schema_object EXPLAINED = {"PolicyExplained", EXPLAINED_FIELDS,
                                           "The hours that a policy leaves, and its rules"};

/* ── what is asked ───────────────────────────────────────────────────────────────────────────── */

static const char *const CHANNELS[] = {"email", "sms",    "whatsapp", "push",
                                       "call",  "letter", "http",     NULL};
static const char *const APPLIES[] = {"person", "company", NULL};
static const char *const PARTIES[] = {"own", "third_party", NULL};
static const pn_shape QUERY[] = {
    {.name = "country",
     .type = PN_SHAPE_TEXT,
     .min = 2,
     .max = 2,
     .help = "of the debtor; else the policy's, else the organization's"},
    {.name = "region", .type = PN_SHAPE_TEXT, .max = 6, .help = "ISO 3166-2 without the country"},
    {.name = "zone",
     .type = PN_SHAPE_TEXT,
     .max = 60,
     .help = "of the debtor's address; else the country's or region's"},
    {.name = "phone",
     .type = PN_SHAPE_TEXT,
     .max = 40,
     .help = "a telephone of the debtor's: its zones must be open too, where they are others"},
    {.name = "applies", .type = PN_SHAPE_WORD, .words = APPLIES, .help = "else person"},
    {.name = "party", .type = PN_SHAPE_WORD, .words = PARTIES, .help = "else own"},
    {.name = "channel", .type = PN_SHAPE_WORD, .words = CHANNELS, .help = "else all but http"},
    {.name = "from", .type = PN_SHAPE_DATE, .help = "else today"},
    {.name = "to",
     .type = PN_SHAPE_DATE,
     .help = "the first day that is not; else a week later; at most 800 days"},
    {.name = NULL},
};

/* A pack for another country is of little use with our own zone and holidays. */
static pn_err country_of(pn_exchange *x, pn_str policy, pn_str *ret_country) {
    const pn_policy *const *list = NULL;
    size_t count = 0;
    *ret_country = pn_query_value(x, "country")->text;
    if (ret_country->len != 0) {
        return PN_OK;
    }
    PN_TRY(pn_catalog_policies(x->app, &list, &count, &x->diag));
    for (size_t i = 0; i < count && ret_country->len == 0; i++) {
        *ret_country = pn_str_eq(list[i]->name, policy) ? list[i]->country : PN_STR_NONE;
    }
    return PN_OK;
}

static pn_err read_question(pn_exchange *x, pn_policy_question *question) {
    const pn_route_value *channel = pn_query_value(x, "channel");
    const pn_route_value *from = pn_query_value(x, "from"), *to = pn_query_value(x, "to");
    *question = (pn_policy_question){
        .policy = x->arguments[0],
        .region = pn_query_value(x, "region")->text,
        .zone = pn_query_value(x, "zone")->text,
        .phone = pn_query_value(x, "phone")->text,
        .from = from->given ? (pn_date)from->number : PN_DATE_NONE,
        .to = to->given ? (pn_date)to->number - 1 : PN_DATE_NONE,
        .channels = channel->given ? 1U << pn_channel_kind_of(channel->text) : 0,
        .company = pn_query_value(x, "applies")->number == 1,
        .third_party = pn_query_value(x, "party")->number == 1,
        .now = pn_app_now(x->app),
    };
    return country_of(x, x->arguments[0], &question->country);
}

/* ── the answer ──────────────────────────────────────────────────────────────────────────────── */

static void put_day(pn_json_writer *w, const pn_policy_explained *of, size_t day) {
    pn_date date = of->from + (pn_date)day;
    pn_json_begin_object(w);
    pn_put_date(w, "date", date);
    pn_put_str_or_null(w, "holiday", pn_calendar_holiday(&of->calendar, date));
    pn_put_list(w, "hours");
    for (int kind = 1; kind < PN_CHANNELS; kind++) {
        if (of->hours[kind] != NULL) {
            pn_json_begin_object(w);
            pn_json_put_str(w, "channel", pn_str_of(pn_channel_kind_name((pn_channel_kind)kind)));
            pn_put_str_or_null(w, "open", of->hours[kind][day]);
            pn_json_end_object(w);
        }
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
}

static void put_rule(pn_json_writer *w, const pn_policy_rule *rule, pn_str language) {
    const pn_policy_scope *scope = rule->scope;
    const pn_policy_source *cited = scope->cited;
    pn_json_begin_object(w);
    pn_json_put_str(w, "rule", pn_str_of(rule->kind));
    pn_put_list(w, "channels");
    for (int kind = 1; kind < PN_CHANNELS; kind++) {
        if ((scope->channels >> kind & 1U) != 0) {
            pn_json_add_str(w, pn_str_of(pn_channel_kind_name((pn_channel_kind)kind)));
        }
    }
    pn_json_end_array(w);
    pn_json_put_str(w, "words", rule->words);
    pn_put_date(w, "since", scope->since == INT32_MIN ? PN_DATE_NONE : scope->since);
    pn_put_date(w, "until", scope->until == INT32_MAX ? PN_DATE_NONE : scope->until);
    pn_put_str_or_null(w, "source", pn_policy_source_words(scope->source, language));
    pn_put_str_or_null(w, "basis",
                       cited != NULL ? pn_str_of(pn_basis_name(cited->basis)) : PN_STR_NONE);
    pn_put_date(w, "in_force", cited != NULL ? cited->in_force : PN_DATE_NONE);
    pn_put_date(w, "checked", cited != NULL ? cited->checked : PN_DATE_NONE);
    pn_put_str_or_null(w, "url", cited != NULL ? cited->url : PN_STR_NONE);
    pn_json_end_object(w);
}

static pn_err explain_policy(pn_exchange *x) {
    pn_policy_question question;
    pn_policy_explained of;
    PN_TRY(read_question(x, &question));
    PN_TRY(pn_policy_explain(x->app, &question, x->arena, &of, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "policy", of.policy->name);
    pn_json_put_str(w, "version", of.policy->version);
    pn_json_put_str(w, "country", of.country);
    pn_put_str_or_null(w, "region", of.region);
    pn_json_put_str(w, "zone", pn_zone_name(of.zones[0]));
    pn_json_put_bool(w, "holidays_known", of.holidays_known);
    pn_put_list(w, "days");
    for (size_t day = 0; day < of.day_count; day++) {
        put_day(w, &of, day);
    }
    pn_json_end_array(w);
    pn_put_list(w, "rules");
    for (size_t i = 0; i < of.rule_count; i++) {
        if (of.rules[i].asked) {
            put_rule(w, &of.rules[i], pn_exchange_reader(x));
        }
    }
    pn_json_end_array(w);
    pn_put_texts(w, "notes", of.policy->notes, of.policy->note_count);
    pn_json_end_object(w);
    return PN_OK;
}

pn_route_table PN_ROUTES_POLICY_EXPLAIN = {
    {.method = PN_HTTP_GET,
     .path = "/v1/policies/{policy}/explain",
     .name = "explain_policy",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "policies:read",
     .query = QUERY,
     .gives = &EXPLAINED,
     .answer = explain_policy,
     .summary = "the hours of each day that a policy leaves, and its rules with what they rest on"},
    {.path = NULL},
};
