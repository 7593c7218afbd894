/* `policy explain`: the hours of each day that a policy leaves, and its rules in words. */
#include "app/publish.h"
#include "base/banned.h"
#include "base/utf8.h"
#include "calendar/phone.h"
#include "cli/cmd.h"
#include "cli/ready.h"
#include "core/gate.h"

enum { DAYS_MAX = 800, SPANS_MAX = 8, CELL_BYTES = 120, SOURCES_MAX = 100 };

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
    const pn_policy *policy;
    pn_gate_query query;
    pn_calendar calendar;
    pn_str country;
    pn_date from, to;
    uint32_t channels; /* shown */
    const pn_policy_source *cited[SOURCES_MAX];
    size_t cited_count;
} request;

static pn_err read_policy(request *r, pn_str name) {
    pn_cli *cli = r->cli;
    const pn_policy *const *list = NULL;
    size_t count = 0;
    if (cli->app != NULL) {
        PN_TRY(pn_catalog_policies(cli->app, &list, &count, &cli->diag));
    }
    for (size_t i = 0; i < count; i++) { /* own versions come first, oldest first */
        bool in_force = list[i]->from == PN_DATE_NONE || list[i]->from <= r->from;
        bool newer = r->policy == NULL || r->policy->from <= list[i]->from;
        if (pn_str_eq(list[i]->name, name) && in_force && newer) {
            r->policy = list[i];
        }
    }
    if (r->policy != NULL) {
        return PN_OK;
    }
    pn_str path = pn_str_format(&cli->arena, "policies/%.*s.json", PN_STR_ARG(name));
    const pn_embedded *file = pn_embedded_find(pn_share_files, path);
    if (file == NULL) {
        return PN_NOT_FOUND;
    }
    pn_json *json = NULL;
    PN_TRY(pn_json_parse(pn_embedded_text(file), NULL, &cli->arena, &json, &cli->diag));
    return pn_policy_parse(json, &cli->arena, &r->policy, &cli->diag);
}

static pn_err choose_policy(request *r) {
    pn_cli *cli = r->cli;
    char lower[2] = {0};
    if (pn_cli_given(cli, "policy")) {
        pn_err err = read_policy(r, pn_cli_value(cli, "policy"));
        if (err == PN_NOT_FOUND) {
            err = pn_diag_set(&cli->diag, PN_NOT_FOUND, "There is no policy “%.*s”.",
                              PN_STR_ARG(pn_cli_value(cli, "policy")));
            pn_diag_mend(&cli->diag, "`puntual policy list` shows those there are.");
        }
        return err;
    }
    for (size_t i = 0; i < 2; i++) {
        lower[i] = pn_to_lower(r->country.ptr[i]);
    }
    pn_err err = read_policy(r, (pn_str){lower, 2});
    return err == PN_NOT_FOUND ? read_policy(r, PN_STR("neutral")) : err;
}

static pn_err read_zone(request *r, const char *option, pn_str otherwise) {
    pn_str name = pn_cli_given(r->cli, option) ? pn_cli_value(r->cli, option) : otherwise;
    if (name.len == 0) {
        return PN_OK;
    }
    return pn_app_zone_file(name, &r->cli->arena, &r->query.zones[r->query.zone_count++],
                            &r->cli->diag);
}

/* As the gate does: a number that may ring in the address's zone tells nothing new. */
static pn_err read_phone(request *r) {
    pn_cli *cli = r->cli;
    pn_str number = PN_STR_NONE, names[PN_PHONE_ZONES_MAX];
    pn_gate_query query = r->query;
    if (!pn_cli_given(cli, "phone")) {
        return PN_OK;
    }
    PN_TRY(pn_phone_read(pn_cli_value(cli, "phone"), r->country, &cli->arena, &number, &cli->diag));
    size_t count = pn_phone_zones(number, names);
    for (size_t i = 0; i < count; i++) {
        if (pn_str_eq(names[i], pn_zone_name(r->query.zones[0]))) {
            return PN_OK;
        }
        PN_TRY(
            pn_app_zone_file(names[i], &cli->arena, &query.zones[query.zone_count++], &cli->diag));
    }
    r->query = query;
    return PN_OK;
}

static pn_err read_place(request *r) {
    pn_cli *cli = r->cli;
    r->country = pn_cli_given(cli, "country") ? pn_cli_value(cli, "country")
                 : cli->app != NULL           ? cli->app->org.country
                                              : PN_STR_NONE;
    pn_str region = pn_cli_value(cli, "region");
    if (r->country.len != 2) {
        return pn_cli_usage(cli, "--country is two letters, like CO.");
    }
    pn_str zone = pn_zone_of_country(r->country, region);
    if (zone.len == 0 && !pn_cli_given(cli, "zone")) {
        return pn_cli_usage(cli, "No zone is known for “%.*s”; --zone says it.",
                            PN_STR_ARG(r->country));
    }
    PN_TRY(read_zone(r, "zone", zone));
    PN_TRY(read_zone(r, "phone-zone", PN_STR_NONE));
    PN_TRY(read_phone(r));
    r->calendar = pn_calendar_for(r->country, region);
    r->query.calendar = &r->calendar;
    r->query.about.region = region;
    return PN_OK;
}

static pn_err read_request(request *r) {
    pn_cli *cli = r->cli;
    PN_TRY(read_place(r));
    pn_date today = pn_zone_date(r->query.zones[0],
                                 cli->app != NULL ? pn_app_now(cli->app) : pn_env_now(cli->env));
    PN_TRY(pn_cli_date(cli, "from", today, &r->from));
    PN_TRY(pn_cli_date(cli, "to", r->from + 6, &r->to));
    if (r->to < r->from || r->to - r->from >= DAYS_MAX) {
        return pn_cli_usage(cli, "--to is a day from --from on, at most 800 days later.");
    }
    if (pn_cli_given(cli, "person") && pn_cli_given(cli, "company")) {
        return pn_cli_usage(cli, "Either --person or --company, not both.");
    }
    r->query.about.person = !pn_cli_given(cli, "company");
    r->query.about.third_party = pn_cli_given(cli, "third-party");
    r->channels = ((1U << PN_CHANNELS) - 1) & ~1U & ~(1U << PN_CHANNEL_HTTP);
    if (pn_cli_given(cli, "channel")) {
        pn_channel_kind kind = pn_channel_kind_of(pn_cli_value(cli, "channel"));
        if (kind == PN_CHANNEL_NONE) {
            return pn_cli_usage(cli,
                                "--channel is email, sms, whatsapp, push, call, letter or http.");
        }
        r->channels = 1U << kind;
    }
    return choose_policy(r);
}

/* ── days ────────────────────────────────────────────────────────────────────────────────────── */

static void add_clock(pn_buf *out, const pn_zone *zone, pn_date date, pn_time at) {
    pn_local local = pn_zone_local(zone, at);
    int32_t second = local.date > date ? 86400 : local.second;
    pn_buf_add_format(out, "%02d:%02d", second / 3600, second / 60 % 60);
}

/* "07:00–19:00", several with a comma between; empty when shut. */
static pn_str hours_of(request *r, pn_channel_kind channel, pn_date date) {
    pn_gate_span spans[SPANS_MAX];
    const pn_zone *zone = r->query.zones[0];
    pn_buf out;
    pn_buf_init(&out, 1000);
    r->query.about.channel = channel;
    size_t count = pn_gate_spans(r->policy, &r->query, date, spans, SPANS_MAX);
    for (size_t i = 0; i < count; i++) {
        pn_buf_add_z(&out, i == 0 ? "" : ", ");
        add_clock(&out, zone, date, spans[i].from);
        pn_buf_add_z(&out, "–");
        add_clock(&out, zone, date, spans[i].to);
    }
    pn_str copy = pn_str_dup(&r->cli->arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return copy;
}

/* Channels that have the same hours on every day share a column. */
/* Of all the days shown. */
static bool holidays_known(const request *r) {
    return pn_holiday_country_known(r->country) &&
           pn_date_civil(r->from).year >= pn_holiday_first_year() &&
           pn_date_civil(r->to).year <= pn_holiday_last_year();
}

typedef struct {
    uint32_t channels[PN_CHANNELS];
    size_t count;
    size_t days;
    pn_str *cells; /* day by day, column by column */
} table;

static void fill(request *r, table *t) {
    pn_arena *arena = &r->cli->arena;
    pn_str *columns[PN_CHANNELS] = {NULL};
    t->days = (size_t)(r->to - r->from) + 1;
    for (int kind = 1; kind < PN_CHANNELS; kind++) {
        if ((r->channels >> kind & 1U) == 0) {
            continue;
        }
        pn_str *hours = pn_arena_array(arena, pn_str, t->days);
        for (size_t day = 0; day < t->days; day++) {
            hours[day] = hours_of(r, (pn_channel_kind)kind, r->from + (pn_date)day);
        }
        size_t column = 0;
        for (; column < t->count; column++) {
            size_t day = 0;
            while (day < t->days && pn_str_eq(columns[column][day], hours[day])) {
                day++;
            }
            if (day == t->days) {
                break;
            }
        }
        if (column == t->count) {
            columns[t->count++] = hours;
        }
        t->channels[column] |= 1U << kind;
    }
    t->cells = pn_arena_array(arena, pn_str, t->days * t->count);
    for (size_t day = 0; day < t->days; day++) {
        for (size_t column = 0; column < t->count; column++) {
            t->cells[day * t->count + column] = columns[column][day];
        }
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
        if (!pn_str_eq(t->cells[a * t->count + i], t->cells[b * t->count + i])) {
            return false;
        }
    }
    return pn_str_eq(pn_calendar_holiday(&r->calendar, r->from + (pn_date)a),
                     pn_calendar_holiday(&r->calendar, r->from + (pn_date)b));
}

static void widths_of(const table *t, pn_arena *arena, size_t *widths) {
    for (size_t i = 0; i < t->count; i++) {
        widths[i] = pn_utf8_count(channels_text(t->channels[i], arena));
        for (size_t day = 0; day < t->days; day++) {
            widths[i] = PN_MAX(widths[i], pn_utf8_count(t->cells[day * t->count + i]));
        }
    }
}

static void print_row(const request *r, const table *t, const size_t *widths, size_t first,
                      size_t last, size_t day_width) {
    pn_arena *arena = &r->cli->arena;
    bool year = pn_date_civil(r->from).year != pn_date_civil(r->to).year;
    pn_buf line;
    pn_buf_init(&line, 4000);
    pad(&line, days_text(r->from + (pn_date)first, r->from + (pn_date)last, year, arena),
        day_width);
    for (size_t i = 0; i < t->count; i++) {
        pn_str cell = t->cells[first * t->count + i];
        pn_buf_add_z(&line, "  ");
        pad(&line, cell.len != 0 ? cell : PN_STR("—"), widths[i]);
    }
    pn_str holiday = pn_calendar_holiday(&r->calendar, r->from + (pn_date)first);
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
    widths_of(t, &r->cli->arena, widths);
    pad(&head, PN_STR_NONE, day_width);
    for (size_t i = 0; i < t->count; i++) {
        pn_buf_add_z(&head, "  ");
        pad(&head, channels_text(t->channels[i], &r->cli->arena), widths[i]);
    }
    pn_out_line(&r->cli->out, "%.*s", PN_STR_ARG(trimmed(pn_buf_str(&head))));
    pn_buf_done(&head);
    for (size_t day = 0; day < t->days;) {
        size_t last = day;
        while (!pn_cli_given(r->cli, "all") && last + 1 < t->days && alike(r, t, day, last + 1)) {
            last++;
        }
        print_row(r, t, widths, day, last, day_width);
        day = last + 1;
    }
}

/* ── rules ───────────────────────────────────────────────────────────────────────────────────── */

typedef void rule_words(const void *rule, pn_buf *out);

/* Whether a rule holds for the case, by some channel shown, on some day of the period. */
static bool shown(const request *r, const pn_policy_scope *scope) {
    pn_policy_scope always = *scope;
    pn_policy_case about = r->query.about;
    always.since = INT32_MIN;
    always.until = INT32_MAX;
    about.purpose = PN_PURPOSE_DEMAND;
    return (scope->channels & r->channels) != 0 && scope->since <= r->to &&
           scope->until >= r->from && pn_policy_concerns(&always, &about, r->from);
}

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
    if (scope->since > r->from) {
        pn_buf_add_format(&line, ", from %s", pn_date_iso(scope->since, since));
    }
    if (scope->until < r->to) {
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

static pn_str words_of(request *r, rule_words *write, const void *rule) {
    pn_buf out;
    pn_buf_init(&out, 1000);
    write(rule, &out);
    pn_str copy = pn_str_dup(&r->cli->arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return copy;
}

static void cap_line(const void *rule, pn_buf *out) {
    const pn_policy_cap *cap = rule;
    pn_channels_words(cap->scope.channels, out);
    pn_buf_add_z(out, ": ");
    pn_policy_cap_words(cap, out);
}

static void gap_line(const void *rule, pn_buf *out) {
    const pn_policy_gap *gap = rule;
    pn_channels_words(gap->scope.channels, out);
    pn_buf_add_z(out, ": ");
    pn_policy_gap_words(gap, out);
}

static void window_line(const void *rule, pn_buf *out) {
    const pn_policy_window *window = rule;
    pn_channels_words(window->scope.channels, out);
    pn_buf_add_z(out, ": ");
    pn_policy_window_words(window, out);
}

static void scope_line(const void *rule, pn_buf *out) {
    pn_channels_words(((const pn_policy_consent *)rule)->scope.channels, out);
}

static void opt_out_line(const void *rule, pn_buf *out) {
    pn_buf_add_z(out, "by one of these shuts all of them: ");
    scope_line(rule, out);
}

static void text_line(const void *rule, pn_buf *out) {
    const pn_policy_text *text = rule;
    pn_channels_words(text->scope.channels, out);
    pn_buf_add_format(out, ": %.*s", PN_STR_ARG(text->name));
}

static void protection_line(const void *rule, pn_buf *out) {
    const pn_policy_protection *protection = rule;
    pn_buf_add_format(out, "%s: ", pn_protect_name(protection->kind));
    pn_policy_protection_words(protection, out);
}

/* Rules of all kinds begin with their scope, so one loop prints each list. */
static void print_list(request *r, const char *label, const void *list, size_t count, size_t size,
                       rule_words *write, bool by_channel) {
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        const void *rule = (const char *)list + i * size;
        pn_policy_scope scope = *(const pn_policy_scope *)rule;
        scope.channels = by_channel ? scope.channels : UINT32_MAX;
        if (shown(r, &scope)) {
            print_rule(r, first ? label : "", rule, words_of(r, write, rule));
            first = false;
        }
    }
}

static void print_minimums(request *r) {
    for (size_t i = 0; i < r->policy->minimum_count; i++) {
        pn_buf amount;
        pn_buf_init(&amount, 100);
        pn_amount_plain(&amount, r->policy->minimums[i].minor,
                        pn_currency_decimals(r->policy->minimums[i].currency));
        pn_out_line(&r->cli->out, "%-24sbelow %.*s %s", i == 0 ? "Not worth chasing" : "",
                    PN_STR_ARG(pn_buf_str(&amount)), r->policy->minimums[i].currency.code);
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
    for (size_t i = 0; i < r->policy->note_count; i++) {
        print_wrapped(r, PN_STR("–"), 5, r->policy->notes[i]);
    }
    pn_out_line(out, "%s", "");
    for (size_t i = 0; i < r->cited_count; i++) {
        print_source(r, i + 1, r->cited[i]);
    }
    pn_out_line(out,
                "\nA careful default, not legal advice. The document: `puntual policy show "
                "%.*s`.",
                PN_STR_ARG(r->policy->name));
}

static void print_rules(request *r) {
    const pn_policy *p = r->policy;
    pn_out_line(&r->cli->out, "%s", "");
    print_list(r, "Hours", p->windows, p->window_count, sizeof *p->windows, window_line, true);
    print_list(r, "Limits", p->caps, p->cap_count, sizeof *p->caps, cap_line, true);
    print_list(r, "Between two", p->gaps, p->gap_count, sizeof *p->gaps, gap_line, true);
    print_list(r, "Consent first", p->consents, p->consent_count, sizeof *p->consents, scope_line,
               true);
    print_list(r, "Opting out", p->opt_outs, p->opt_out_count, sizeof *p->opt_outs, opt_out_line,
               true);
    print_list(r, "Texts to carry", p->texts, p->text_count, sizeof *p->texts, text_line, true);
    print_list(r, "Protected debtors", p->protections, p->protection_count, sizeof *p->protections,
               protection_line, false);
    print_minimums(r);
    print_sources(r);
}

static void print_people(request *r, const table *t) {
    pn_out *out = &r->cli->out;
    const pn_gate_query *q = &r->query;
    pn_out_line(out, "%.*s, policy %.*s %.*s: %s, %s", PN_STR_ARG(r->policy->title),
                PN_STR_ARG(r->policy->name), PN_STR_ARG(r->policy->version),
                q->about.person ? "persons" : "companies",
                q->about.third_party ? "claims collected for somebody else"
                                     : "claims of one's own");
    pn_buf zones;
    pn_buf_init(&zones, 1000);
    for (size_t i = 0; i < q->zone_count; i++) {
        pn_buf_add_z(&zones, i == 0   ? "Hours of "
                             : i == 1 ? " in which it is also open in "
                                      : ", ");
        pn_buf_add_str(&zones, pn_zone_name(q->zones[i]));
    }
    pn_out_line(out, "%.*s%s%.*s\n", PN_STR_ARG(pn_buf_str(&zones)),
                q->about.region.len != 0 ? "; holidays of region " : "",
                PN_STR_ARG(q->about.region));
    pn_buf_done(&zones);
    if (!pn_holiday_country_known(r->country)) {
        pn_out_line(out, "Public holidays of %.*s are not known to the program.\n",
                    PN_STR_ARG(r->country));
    } else if (!holidays_known(r)) {
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

static void put_day(const request *r, const table *t, size_t day, pn_json_writer *w) {
    char iso[PN_DATE_ISO_SIZE];
    pn_date date = r->from + (pn_date)day;
    pn_json_begin_object(w);
    pn_json_put_str(w, "date", pn_str_of(pn_date_iso(date, iso)));
    pn_json_put_str(w, "holiday", pn_calendar_holiday(&r->calendar, date));
    pn_json_key(w, PN_STR("hours"));
    pn_json_begin_object(w);
    for (int kind = 1; kind < PN_CHANNELS; kind++) {
        for (size_t i = 0; i < t->count; i++) {
            if ((t->channels[i] >> kind & 1U) != 0) {
                pn_json_put_str(w, pn_channel_kind_name((pn_channel_kind)kind),
                                t->cells[day * t->count + i]);
            }
        }
    }
    pn_json_end_object(w);
    pn_json_end_object(w);
}

static void put_list(request *r, const char *what, const void *list, size_t count, size_t size,
                     rule_words *write, pn_json_writer *w) {
    for (size_t i = 0; i < count; i++) {
        const void *rule = (const char *)list + i * size;
        pn_policy_scope scope = *(const pn_policy_scope *)rule;
        scope.channels = UINT32_MAX;
        if (!shown(r, &scope)) {
            continue;
        }
        const pn_policy_scope *own = rule;
        pn_json_begin_object(w);
        pn_json_put_str(w, "rule", pn_str_of(what));
        put_channels(w, own->channels & ((1U << PN_CHANNELS) - 1));
        pn_json_put_str(w, "words", words_of(r, write, rule));
        pn_json_put_str(w, "source", own->source);
        pn_json_put_str(w, "basis",
                        own->cited != NULL ? pn_str_of(pn_basis_name(own->cited->basis))
                                           : PN_STR(""));
        pn_json_put_str(w, "url", own->cited != NULL ? own->cited->url : PN_STR(""));
        pn_json_end_object(w);
    }
}

static void put_rules(request *r, pn_json_writer *w) {
    const pn_policy *p = r->policy;
    pn_json_begin_array(w);
    put_list(r, "window", p->windows, p->window_count, sizeof *p->windows, window_line, w);
    put_list(r, "cap", p->caps, p->cap_count, sizeof *p->caps, cap_line, w);
    put_list(r, "gap", p->gaps, p->gap_count, sizeof *p->gaps, gap_line, w);
    put_list(r, "consent", p->consents, p->consent_count, sizeof *p->consents, scope_line, w);
    put_list(r, "opt_out", p->opt_outs, p->opt_out_count, sizeof *p->opt_outs, opt_out_line, w);
    put_list(r, "text", p->texts, p->text_count, sizeof *p->texts, text_line, w);
    put_list(r, "protect", p->protections, p->protection_count, sizeof *p->protections,
             protection_line, w);
    pn_json_end_array(w);
}

static void print_json(request *r, const table *t) {
    pn_out *out = &r->cli->out;
    pn_buf text;
    pn_buf_init(&text, 4 << 20);
    pn_out_str(out, "policy", NULL, r->policy->name);
    pn_out_str(out, "version", NULL, r->policy->version);
    pn_out_str(out, "country", NULL, r->country);
    pn_out_str(out, "zone", NULL, pn_zone_name(r->query.zones[0]));
    pn_out_str(out, "phone_zone", NULL,
               r->query.zone_count > 1 ? pn_zone_name(r->query.zones[1]) : PN_STR(""));
    pn_out_str(out, "region", NULL, r->query.about.region);
    pn_out_str(out, "party", NULL,
               r->query.about.third_party ? PN_STR("third_party") : PN_STR("own"));
    pn_out_str(out, "applies", NULL, r->query.about.person ? PN_STR("person") : PN_STR("company"));
    pn_out_bool(out, "holidays_known", NULL, holidays_known(r));
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_array(&w);
    for (size_t day = 0; day < t->days; day++) {
        put_day(r, t, day, &w);
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
    PN_TRY(read_request(&r));
    fill(&r, &t);
    if (cli->json) {
        print_json(&r, &t);
    } else {
        print_people(&r, &t);
    }
    return PN_OK;
}
