/* `policy explain`: the hours of each day that a policy leaves, and its rules in words. */
#include "app/policy_explain.h"
#include "base/banned.h"
#include "base/utf8.h"
#include "cli/cmd.h"

enum { SOURCES_MAX = 100 };

const pn_cli_option PN_POLICY_EXPLAIN_OPTIONS[] = {
    {"country", "CODE", "whose pack (default the organization's)"},
    {"policy", "NAME", "a policy of this name instead of the country's"},
    {"from", "DATE", "first day (default today)"},
    {"to", "DATE", "last day (default a week later; at most 800 days)"},
    {"third-party", NULL, "claims collected for somebody else (default one's own)"},
    {"person", NULL, "debtors who are persons (default)"},
    {"company", NULL, "debtors who are companies"},
    {"region", "CODE", "region of the debtor, ISO 3166-2 without the country: MD, SP"},
    {"channel", "NAME", "one channel alone"},
    {"zone", "NAME", "zone of the debtor's address (default the country's or region's)"},
    {"phone-zone", "NAME", "another zone, shown by a telephone: both must be open"},
    {"phone", "NUMBER", "a telephone of the debtor: its zones, where they are others"},
    {"all", NULL, "a line for each day, also where days are alike"},
    {NULL, NULL, NULL},
};

/* ── what is asked ───────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_cli *cli;
    pn_policy_explained of;
    const pn_policy_source *cited[SOURCES_MAX];
    size_t cited_count;
} request;

static pn_err read_channels(pn_cli *cli, uint32_t *ret_channels) {
    *ret_channels = 0;
    if (pn_cli_given(cli, "channel")) {
        pn_channel_kind kind = pn_channel_kind_of(pn_cli_value(cli, "channel"));
        if (kind == PN_CHANNEL_NONE) {
            return pn_cli_usage(cli,
                                "--channel is email, sms, whatsapp, push, call, letter or http.");
        }
        *ret_channels = 1U << kind;
    }
    return PN_OK;
}

static pn_err explain(request *r) {
    pn_cli *cli = r->cli;
    pn_policy_question question = {
        .policy = pn_cli_value(cli, "policy"),
        .country = pn_cli_value(cli, "country"),
        .region = pn_cli_value(cli, "region"),
        .zone = pn_cli_value(cli, "zone"),
        .phone_zone = pn_cli_value(cli, "phone-zone"),
        .phone = pn_cli_value(cli, "phone"),
        .company = pn_cli_given(cli, "company"),
        .third_party = pn_cli_given(cli, "third-party"),
        .now = cli->app != NULL ? pn_app_now(cli->app) : pn_env_now(cli->env),
    };
    PN_TRY(pn_cli_date(cli, "from", PN_DATE_NONE, &question.from));
    PN_TRY(pn_cli_date(cli, "to", PN_DATE_NONE, &question.to));
    PN_TRY(read_channels(cli, &question.channels));
    if (pn_cli_given(cli, "person") && pn_cli_given(cli, "company")) {
        return pn_cli_usage(cli, "Either --person or --company, not both.");
    }
    pn_err err = pn_policy_explain(cli->app, &question, &cli->arena, &r->of, &cli->diag);
    if (err == PN_INVALID && cli->diag.where[0] != '\0') { /* an option of that name */
        pn_diag why = cli->diag;
        return pn_cli_usage(cli, "--%s: %s", why.where, why.what);
    }
    return err;
}

/* ── days ────────────────────────────────────────────────────────────────────────────────────── */

/* Channels that have the same hours on every day share a column. */
typedef struct {
    uint32_t channels[PN_CHANNELS];
    const pn_str *hours[PN_CHANNELS]; /* column by column, day by day */
    size_t count;
} table;

static bool same_hours(const pn_str *a, const pn_str *b, size_t days) {
    size_t day = 0;
    while (day < days && pn_str_eq(a[day], b[day])) {
        day++;
    }
    return day == days;
}

static void fill(const request *r, table *t) {
    for (int kind = 1; kind < PN_CHANNELS; kind++) {
        const pn_str *hours = r->of.hours[kind];
        size_t column = 0;
        if (hours == NULL) {
            continue;
        }
        while (column < t->count && !same_hours(t->hours[column], hours, r->of.day_count)) {
            column++;
        }
        t->count += column == t->count;
        t->hours[column] = hours;
        t->channels[column] |= 1U << kind;
    }
}

static pn_str channels_text(uint32_t channels, pn_arena *arena) {
    pn_buf out;
    pn_buf_init(&out, 200);
    pn_channels_words(channels, &out);
    pn_str copy = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return copy;
}

/* "Tue 1 Dec", or with a last day "Wed 2 – Fri 4 Dec". */
static pn_str days_text(pn_date first, pn_date last, bool year, pn_arena *arena) {
    pn_civil a = pn_date_civil(first), b = pn_date_civil(last);
    pn_str en = PN_STR("en");
    pn_str wa = pn_weekday_name(pn_date_weekday(first), en, true);
    pn_str wb = pn_weekday_name(pn_date_weekday(last), en, true);
    pn_str ma = pn_month_name(a.month, en, true), mb = pn_month_name(b.month, en, true);
    pn_str tail = year ? pn_str_format(arena, " %d", b.year) : PN_STR_NONE;
    if (first == last) {
        return pn_str_format(arena, "%.*s %2d %.*s%.*s", PN_STR_ARG(wa), a.day, PN_STR_ARG(ma),
                             PN_STR_ARG(tail));
    }
    bool same_month = a.month == b.month && a.year == b.year;
    return pn_str_format(arena, "%.*s %2d%s%.*s – %.*s %d %.*s%.*s", PN_STR_ARG(wa), a.day,
                         same_month ? "" : " ", PN_STR_ARG(same_month ? PN_STR_NONE : ma),
                         PN_STR_ARG(wb), b.day, PN_STR_ARG(mb), PN_STR_ARG(tail));
}

static void pad(pn_buf *line, pn_str text, size_t width) {
    pn_buf_add_str(line, text);
    for (size_t i = pn_utf8_count(text); i < width; i++) {
        pn_buf_add_char(line, ' ');
    }
}

static pn_str trimmed(pn_str text) {
    while (text.len != 0 && text.ptr[text.len - 1] == ' ') {
        text.len--;
    }
    return text;
}

static bool alike(const request *r, const table *t, size_t a, size_t b) {
    for (size_t i = 0; i < t->count; i++) {
        if (!pn_str_eq(t->hours[i][a], t->hours[i][b])) {
            return false;
        }
    }
    return pn_str_eq(pn_calendar_holiday(&r->of.calendar, r->of.from + (pn_date)a),
                     pn_calendar_holiday(&r->of.calendar, r->of.from + (pn_date)b));
}

static void widths_of(const table *t, size_t days, pn_arena *arena, size_t *widths) {
    for (size_t i = 0; i < t->count; i++) {
        widths[i] = pn_utf8_count(channels_text(t->channels[i], arena));
        for (size_t day = 0; day < days; day++) {
            widths[i] = PN_MAX(widths[i], pn_utf8_count(t->hours[i][day]));
        }
    }
}

static void print_row(const request *r, const table *t, const size_t *widths, size_t first,
                      size_t last, size_t day_width) {
    pn_arena *arena = &r->cli->arena;
    bool year = pn_date_civil(r->of.from).year != pn_date_civil(r->of.to).year;
    pn_buf line;
    pn_buf_init(&line, 4000);
    pad(&line, days_text(r->of.from + (pn_date)first, r->of.from + (pn_date)last, year, arena),
        day_width);
    for (size_t i = 0; i < t->count; i++) {
        pn_str cell = t->hours[i][first];
        pn_buf_add_z(&line, "  ");
        pad(&line, cell.len != 0 ? cell : PN_STR("—"), widths[i]);
    }
    pn_str holiday = pn_calendar_holiday(&r->of.calendar, r->of.from + (pn_date)first);
    if (holiday.len != 0) {
        pn_buf_add_z(&line, "  ");
        pn_buf_add_str(&line, holiday);
    }
    pn_out_line(&r->cli->out, "%.*s", PN_STR_ARG(trimmed(pn_buf_str(&line))));
    pn_buf_done(&line);
}

static void print_days(const request *r, const table *t) {
    size_t widths[PN_CHANNELS] = {0};
    size_t day_width = pn_cli_given(r->cli, "all") ? 14 : 22;
    pn_buf head;
    pn_buf_init(&head, 2000);
    widths_of(t, r->of.day_count, &r->cli->arena, widths);
    pad(&head, PN_STR_NONE, day_width);
    for (size_t i = 0; i < t->count; i++) {
        pn_buf_add_z(&head, "  ");
        pad(&head, channels_text(t->channels[i], &r->cli->arena), widths[i]);
    }
    pn_out_line(&r->cli->out, "%.*s", PN_STR_ARG(trimmed(pn_buf_str(&head))));
    pn_buf_done(&head);
    for (size_t day = 0; day < r->of.day_count;) {
        size_t last = day;
        while (!pn_cli_given(r->cli, "all") && last + 1 < r->of.day_count &&
               alike(r, t, day, last + 1)) {
            last++;
        }
        print_row(r, t, widths, day, last, day_width);
        day = last + 1;
    }
}

/* ── rules ───────────────────────────────────────────────────────────────────────────────────── */

/* The source's number, from 1; 0 for free text or none. */
static size_t cite(request *r, const pn_policy_scope *scope) {
    for (size_t i = 0; i < r->cited_count; i++) {
        if (r->cited[i] == scope->cited) {
            return i + 1;
        }
    }
    if (scope->cited == NULL || r->cited_count == SOURCES_MAX) {
        return 0;
    }
    r->cited[r->cited_count++] = scope->cited;
    return r->cited_count;
}

/* A label, and behind it text in lines of a terminal's width. */
static void print_wrapped(const request *r, pn_str label, size_t indent, pn_str text) {
    enum { WIDTH = 100 };
    do {
        size_t end = pn_utf8_prefix(text, WIDTH - indent);
        if (end < text.len) {
            size_t space = end;
            while (space > 0 && text.ptr[space] != ' ') {
                space--;
            }
            end = space > 0 ? space : end;
        }
        pn_buf line;
        pn_buf_init(&line, 2000);
        pad(&line, label, indent);
        pn_buf_add_str(&line, pn_str_first(text, end));
        pn_out_line(&r->cli->out, "%.*s", PN_STR_ARG(pn_buf_str(&line)));
        pn_buf_done(&line);
        label = PN_STR_NONE;
        text = pn_str_trim(pn_str_from(text, end));
    } while (text.len != 0);
}

static void print_rule(request *r, const char *label, const pn_policy_scope *scope, pn_str words) {
    enum { LABEL = 24 };
    char since[PN_DATE_ISO_SIZE] = "", until[PN_DATE_ISO_SIZE] = "";
    size_t number = cite(r, scope);
    pn_buf line;
    pn_buf_init(&line, 8000);
    pn_buf_add_str(&line, words);
    if (scope->since > r->of.from) {
        pn_buf_add_format(&line, ", from %s", pn_date_iso(scope->since, since));
    }
    if (scope->until < r->of.to) {
        pn_buf_add_format(&line, ", until %s", pn_date_iso(scope->until, until));
    }
    if (number != 0) {
        pn_buf_add_format(&line, "  [%zu]", number);
    } else if (scope->source.len != 0) {
        pn_buf_add_format(&line, "  (%.*s)", PN_STR_ARG(scope->source));
    }
    print_wrapped(r, pn_str_of(label), LABEL, pn_buf_str(&line));
    pn_buf_done(&line);
}

static void print_list(request *r, const char *label, const char *kind) {
    for (size_t i = 0; i < r->of.rule_count; i++) {
        const pn_policy_rule *rule = &r->of.rules[i];
        if (rule->asked && strcmp(rule->kind, kind) == 0) {
            print_rule(r, label, rule->scope, rule->words);
            label = "";
        }
    }
}

static void print_minimums(request *r) {
    for (size_t i = 0; i < r->of.policy->minimum_count; i++) {
        pn_buf amount;
        pn_buf_init(&amount, 100);
        pn_amount_plain(&amount, r->of.policy->minimums[i].minor,
                        pn_currency_decimals(r->of.policy->minimums[i].currency));
        pn_out_line(&r->cli->out, "%-24sbelow %.*s %s", i == 0 ? "Not worth chasing" : "",
                    PN_STR_ARG(pn_buf_str(&amount)), r->of.policy->minimums[i].currency.code);
        pn_buf_done(&amount);
    }
}

static void print_source(const request *r, size_t number, const pn_policy_source *source) {
    pn_arena *arena = &r->cli->arena;
    char day[PN_DATE_ISO_SIZE], checked[PN_DATE_ISO_SIZE];
    print_wrapped(
        r, pn_str_format(arena, "[%zu]", number), 5,
        pn_str_format(arena, "%s: %.*s", pn_basis_name(source->basis), PN_STR_ARG(source->text)));
    pn_buf line;
    pn_buf_init(&line, 2000);
    if (source->in_force != PN_DATE_NONE) {
        pn_buf_add_format(&line, "in force since %s, ", pn_date_iso(source->in_force, day));
    }
    pn_buf_add_format(&line, "checked %s", pn_date_iso(source->checked, checked));
    if (source->url.len != 0) {
        pn_buf_add_format(&line, ", %.*s", PN_STR_ARG(source->url));
    }
    print_wrapped(r, PN_STR_NONE, 5, pn_buf_str(&line));
    pn_buf_done(&line);
}

static void print_sources(const request *r) {
    pn_out *out = &r->cli->out;
    pn_out_line(out, "%s", "");
    for (size_t i = 0; i < r->of.policy->note_count; i++) {
        print_wrapped(r, PN_STR("–"), 5, r->of.policy->notes[i]);
    }
    pn_out_line(out, "%s", "");
    for (size_t i = 0; i < r->cited_count; i++) {
        print_source(r, i + 1, r->cited[i]);
    }
    pn_out_line(out,
                "\nA careful default, not legal advice. The document: `puntual policy show "
                "%.*s`.",
                PN_STR_ARG(r->of.policy->name));
}

static void print_rules(request *r) {
    pn_out_line(&r->cli->out, "%s", "");
    print_list(r, "Hours", "window");
    print_list(r, "Limits", "cap");
    print_list(r, "Between two", "gap");
    print_list(r, "Consent first", "consent");
    print_list(r, "Opting out", "opt_out");
    print_list(r, "Texts to carry", "text");
    print_list(r, "Protected debtors", "protect");
    print_minimums(r);
    print_sources(r);
}

static void print_people(request *r, const table *t) {
    pn_out *out = &r->cli->out;
    const pn_policy_explained *of = &r->of;
    pn_out_line(out, "%.*s, policy %.*s %.*s: %s, %s", PN_STR_ARG(r->of.policy->title),
                PN_STR_ARG(r->of.policy->name), PN_STR_ARG(r->of.policy->version),
                of->company ? "companies" : "persons",
                of->third_party ? "claims collected for somebody else" : "claims of one's own");
    pn_buf zones;
    pn_buf_init(&zones, 1000);
    for (size_t i = 0; i < of->zone_count; i++) {
        pn_buf_add_z(&zones, i == 0   ? "Hours of "
                             : i == 1 ? " in which it is also open in "
                                      : ", ");
        pn_buf_add_str(&zones, pn_zone_name(of->zones[i]));
    }
    pn_out_line(out, "%.*s%s%.*s\n", PN_STR_ARG(pn_buf_str(&zones)),
                of->region.len != 0 ? "; holidays of region " : "", PN_STR_ARG(of->region));
    pn_buf_done(&zones);
    if (!pn_holiday_country_known(r->of.country)) {
        pn_out_line(out, "Public holidays of %.*s are not known to the program.\n",
                    PN_STR_ARG(r->of.country));
    } else if (!of->holidays_known) {
        pn_out_line(out, "Public holidays are known to the program from %d to %d only.\n",
                    pn_holiday_first_year(), pn_holiday_last_year());
    }
    print_days(r, t);
    print_rules(r);
}

/* ── for programs ────────────────────────────────────────────────────────────────────────────── */

static void put_channels(pn_json_writer *w, uint32_t channels) {
    pn_json_key(w, PN_STR("channels"));
    pn_json_begin_array(w);
    for (int kind = 1; kind < PN_CHANNELS; kind++) {
        if ((channels >> kind & 1U) != 0) {
            pn_json_add_str(w, pn_str_of(pn_channel_kind_name((pn_channel_kind)kind)));
        }
    }
    pn_json_end_array(w);
}

static void put_day(const request *r, size_t day, pn_json_writer *w) {
    char iso[PN_DATE_ISO_SIZE];
    pn_date date = r->of.from + (pn_date)day;
    pn_json_begin_object(w);
    pn_json_put_str(w, "date", pn_str_of(pn_date_iso(date, iso)));
    pn_json_put_str(w, "holiday", pn_calendar_holiday(&r->of.calendar, date));
    pn_json_key(w, PN_STR("hours"));
    pn_json_begin_object(w);
    for (int kind = 1; kind < PN_CHANNELS; kind++) {
        if (r->of.hours[kind] != NULL) {
            pn_json_put_str(w, pn_channel_kind_name((pn_channel_kind)kind), r->of.hours[kind][day]);
        }
    }
    pn_json_end_object(w);
    pn_json_end_object(w);
}

static void put_rules(const request *r, pn_json_writer *w) {
    pn_json_begin_array(w);
    for (size_t i = 0; i < r->of.rule_count; i++) {
        const pn_policy_rule *rule = &r->of.rules[i];
        const pn_policy_source *cited = rule->scope->cited;
        pn_json_begin_object(w);
        pn_json_put_str(w, "rule", pn_str_of(rule->kind));
        put_channels(w, rule->scope->channels & ((1U << PN_CHANNELS) - 1));
        pn_json_put_str(w, "words", rule->words);
        pn_json_put_str(w, "source", rule->scope->source);
        pn_json_put_str(w, "basis",
                        cited != NULL ? pn_str_of(pn_basis_name(cited->basis)) : PN_STR(""));
        pn_json_put_str(w, "url", cited != NULL ? cited->url : PN_STR(""));
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static void print_json(const request *r) {
    pn_out *out = &r->cli->out;
    pn_buf text;
    pn_buf_init(&text, 4 << 20);
    pn_out_str(out, "policy", NULL, r->of.policy->name);
    pn_out_str(out, "version", NULL, r->of.policy->version);
    pn_out_str(out, "country", NULL, r->of.country);
    pn_out_str(out, "zone", NULL, pn_zone_name(r->of.zones[0]));
    pn_out_str(out, "phone_zone", NULL,
               r->of.zone_count > 1 ? pn_zone_name(r->of.zones[1]) : PN_STR(""));
    pn_out_str(out, "region", NULL, r->of.region);
    pn_out_str(out, "party", NULL, r->of.third_party ? PN_STR("third_party") : PN_STR("own"));
    pn_out_str(out, "applies", NULL, r->of.company ? PN_STR("company") : PN_STR("person"));
    pn_out_bool(out, "holidays_known", NULL, r->of.holidays_known);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_array(&w);
    for (size_t day = 0; day < r->of.day_count; day++) {
        put_day(r, day, &w);
    }
    pn_json_end_array(&w);
    pn_out_raw(out, "days", NULL, pn_str_dup(&r->cli->arena, pn_buf_str(&text)));
    pn_buf_clear(&text);
    w = pn_json_writer_on(&text, 0);
    put_rules(r, &w);
    pn_out_raw(out, "rules", NULL, pn_str_dup(&r->cli->arena, pn_buf_str(&text)));
    pn_buf_done(&text);
}

pn_err pn_cmd_policy_explain(pn_cli *cli) {
    request r = {.cli = cli};
    table t = {0};
    PN_TRY(explain(&r));
    if (cli->json) {
        print_json(&r);
        return PN_OK;
    }
    fill(&r, &t);
    print_people(&r, &t);
    return PN_OK;
}
