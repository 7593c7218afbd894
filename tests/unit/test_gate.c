/* Policies and the gate: the country packs of share/policies, every rule, and the property that
 * what the gate says is so at that minute and at no earlier one. */
#include "json.h"
#include "random_rule.h"

#include "core/gate.h"

static pn_arena arena;
static pn_diag diag;

static int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    return 0;
}

static const pn_policy *pack(const char *name) {
    const char *share = getenv("PUNTUAL_SHARE");
    const char *path =
        pn_str_format(&arena, "%s/policies/%s.json", share != NULL ? share : "share", name).ptr;
    pn_json *document = NULL;
    assert_int_equal(pn_json_parse(file_read(&arena, path), NULL, &arena, &document, &diag), PN_OK);
    const pn_policy *policy = NULL;
    if (pn_policy_parse(document, &arena, &policy, &diag) != PN_OK) {
        print_error("%s: %s: %s\n", path, diag.where, diag.what);
        fail();
    }
    return policy;
}

static const pn_zone *zone_named(const char *name) {
    char path[200];
    (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    FILE *probe = fopen(path, "rb");
    if (probe == NULL) {
        print_message("skipped: %s is missing (package tzdata)\n", path);
        skip();
    }
    (void)fclose(probe);
    const pn_zone *zone = NULL;
    assert_int_equal(pn_zone_parse(file_read(&arena, path), pn_str_of(name), &arena, &zone, NULL),
                     PN_OK);
    return zone;
}

/* "2026-03-02 10:00" on that zone's clocks. */
static pn_time moment(const pn_zone *zone, const char *when) {
    pn_date date = 0;
    int hour = 0, minute = 0;
    assert_int_equal(pn_date_parse_iso((pn_str){when, 10}, &date), PN_OK);
    assert_int_equal(sscanf(when + 10, " %d:%d", &hour, &minute), 2);
    return pn_zone_instant(zone, date, hour * 3600 + minute * 60);
}

static const char *moment_text(const pn_zone *zone, pn_time at) {
    if (at == PN_TIME_NEVER) {
        return "never";
    }
    pn_local local = pn_zone_local(zone, at);
    char day[PN_DATE_ISO_SIZE];
    return pn_str_format(&arena, "%s %02d:%02d", pn_date_iso(local.date, day), local.second / 3600,
                         local.second / 60 % 60)
        .ptr;
}

/* ── parsing ─────────────────────────────────────────────────────────────────────────────────── */

static void the_packs_are_read(void **state) {
    (void)state;
    const pn_policy *es = pack("es");
    assert_str(es->name, "es");
    assert_str(es->title, "España");
    assert_str(es->country, "ES");
    assert_true(es->no_holidays);
    assert_int_equal(es->from, PN_DATE_NONE);
    assert_int_equal(es->window_count, 2);
    assert_int_equal(es->cap_count, 6);
    assert_int_equal(es->gap_count, 1);
    assert_int_equal(es->after_conversation_days, 2);
    assert_int_equal(es->after_conversation_channels, 1U << PN_CHANNEL_CALL);
    assert_int_equal(es->minimums[0].minor, 300);
    assert_int_equal(es->windows[0].to_second, 21 * 3600);
    assert_int_equal(es->windows[1].to_second, 86400);
    const pn_policy *neutral = pack("neutral");
    assert_str(neutral->country, "");
    assert_int_equal(neutral->minimum_count, 0);
    const pn_policy *mx = pack("mx");
    assert_int_equal(mx->windows[0].from_second, 7 * 3600);
    assert_int_equal(mx->minimums[0].minor, 5000);
}

static void what_is_no_policy_is_refused(void **state) {
    (void)state;
#define POLICY "{'puntual':1,'kind':'policy','name':'n','version':'1'"
#define WINDOW POLICY ",'windows':[{'weekdays':['mon'],'from':'09:00','to':'10:00'"
    static const struct {
        const char *document, *where, *what;
    } CASES[] = {
        {"[]", "policy , head", "An object in braces is expected here."},
        {"{'kind':'policy','name':'n','version':'1'}", "policy n, head",
         "A policy says \"puntual\": 1 and \"kind\": \"policy\"."},
        {"{'puntual':1,'kind':'strategy','name':'n','version':'1'}", "policy n, head",
         "A policy says \"puntual\": 1 and \"kind\": \"policy\"."},
        {"{'puntual':1,'kind':'policy','version':'1'}", "policy , head",
         "A policy needs a \"name\" and a \"version\"."},
        {"{'puntual':1,'kind':'policy','name':'n'}", "policy n, head",
         "A policy needs a \"name\" and a \"version\"."},
        {POLICY ",'hours':[]}", "policy n, head", "There is no field “hours”."},
        {POLICY ",'country':34}", "policy n, head", "“country” must be a text."},
        {POLICY ",'from':'1 January'}", "policy n, from", "“from” is a date like \"2026-01-01\"."},
        {POLICY ",'from':20260101}", "policy n, from", "“from” is a date like \"2026-01-01\"."},
        {POLICY ",'holidays':'work'}", "policy n, holidays",
         "“holidays” is \"avoid\" or \"ignore\"."},
        {POLICY ",'holidays':false}", "policy n, holidays", "“holidays” must be a text."},
        {POLICY ",'windows':{}}", "policy n, windows",
         "A list of at most 100 entries is expected here."},
        {POLICY ",'windows':[7]}", "policy n, windows", "An object in braces is expected here."},
        {POLICY ",'windows':[{'from':'09:00','to':'10:00'}]}", "policy n, windows",
         "A window needs \"weekdays\", \"from\" and \"to\"."},
        {POLICY ",'windows':[{'weekdays':['mon'],'from':'10:00','to':'10:00'}]}",
         "policy n, windows", "A window's \"from\" must be earlier than its \"to\"."},
        {POLICY ",'windows':[{'weekdays':['mon'],'from':'24:00','to':'24:00'}]}", "",
         "“from” must be a time of day, \"09:00\"; it is “24:00”."},
        {POLICY ",'windows':[{'weekdays':'mon','from':'09:00','to':'10:00'}]}", "",
         "“weekdays” must be a list with at least one entry."},
        {WINDOW ",'days':1}]}", "policy n, windows", "There is no field “days”."},
        {WINDOW ",'channels':[]}]}", "policy n, windows",
         "“channels” must be a list with at least one channel."},
        {WINDOW ",'channels':'email'}]}", "policy n, windows",
         "“channels” must be a list with at least one channel."},
        {WINDOW ",'channels':['mail']}]}", "policy n, windows",
         "“channels” lists email, sms, whatsapp, push, call, letter."},
        {WINDOW ",'channels':['none']}]}", "policy n, windows",
         "“channels” lists email, sms, whatsapp, push, call, letter."},
        {WINDOW ",'applies':'everybody'}]}", "policy n, windows",
         "“applies” is \"all\", \"person\" or \"company\"."},
        /* a list is not taken for "all" */
        {WINDOW ",'applies':['company']}]}", "policy n, windows", "“applies” must be a text."},
        {WINDOW ",'source':7}]}", "policy n, windows", "“source” must be a text."},
        {POLICY ",'caps':[{'days':1}]}", "policy n, caps",
         "A cap needs \"max\": how many contacts."},
        {POLICY ",'caps':[{'max':0,'days':1}]}", "policy n, caps",
         "A cap needs \"max\": how many contacts."},
        {POLICY ",'caps':[{'max':1}]}", "policy n, caps",
         "A cap needs \"days\": in how many days."},
        {POLICY ",'caps':[{'max':1,'days':32}]}", "policy n, caps",
         "A cap looks back 31 days at most."},
        {POLICY ",'caps':[{'max':1,'days':1,'purposes':'service'}]}", "policy n, caps",
         "“purposes” is \"demand\" or \"all\"."},
        {POLICY ",'caps':[{'max':1,'days':1,'purposes':['all']}]}", "policy n, caps",
         "“purposes” must be a text."},
        {POLICY ",'gaps':[{}]}", "policy n, gaps",
         "A gap needs \"hours\": the least time between two contacts."},
        {POLICY ",'gaps':[{'hours':1.5}]}", "policy n, gaps",
         "A gap needs \"hours\": the least time between two contacts."},
        {POLICY ",'gaps':[{'hours':745}]}", "policy n, gaps",
         "A gap looks back 744 hours (31 days) at most."},
        {POLICY ",'after_conversation':2}", "policy n, after_conversation",
         "An object in braces is expected here."},
        {POLICY ",'after_conversation':{}}", "policy n, after_conversation",
         "“after_conversation” needs \"days\"."},
        /* contacts of the last 31 days are what the gate is told about */
        {POLICY ",'after_conversation':{'days':32}}", "policy n, after_conversation",
         "“after_conversation” looks back 31 days at most."},
        {POLICY ",'minimum':5}", "policy n, minimum", "“minimum” lists currencies with amounts."},
        {POLICY ",'minimum':{'EURO':5}}", "policy n, minimum",
         "“minimum” lists currencies with amounts: {\"EUR\": \"5.00\"}."},
        {POLICY ",'minimum':{'EUR':true}}", "", "“” is not an amount."},
        {POLICY ",'minimum':{'EUR':-3}}", "policy n, minimum",
         "An amount worth chasing is not negative."},
        {POLICY ",'minimum':{'CLP':'0.50'}}", "", "“0.50” has more decimals than CLP allows (0)."},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        const pn_policy *policy = NULL;
        pn_diag_clear(&diag);
        pn_err err = pn_policy_parse(json_of(&arena, CASES[i].document), &arena, &policy, &diag);
        if (err == PN_OK || strcmp(diag.where, CASES[i].where) != 0 ||
            strcmp(diag.what, CASES[i].what) != 0) {
            print_error("%s\ngave %s at “%s”: %s\n", CASES[i].document, pn_err_name(err),
                        diag.where, diag.what);
            fail();
        }
        assert_null(policy);
    }
}

/* ── the year ────────────────────────────────────────────────────────────────────────────────── */

/* One letter a day of 2026: o open, . weekend, H holiday, h holiday on a weekend. From the official
 * calendars: Madrid's (the Sundays of 1 November and 6 December move to the Monday), and Mexico's
 * with the bank holidays. */
static const char *const MADRID_2026[] = {
    "Ho..oHooo..ooooo..ooooo..ooooo.", ".ooooo..ooooo..ooooo..ooooo.",
    ".ooooo..ooooo..ooooo..ooooo..oo", "oHH..ooooo..ooooo..ooooo..oooo",
    "Hh.ooooo..ooooo..ooooo..ooooo..", "ooooo..ooooo..ooooo..ooooo..oo",
    "ooo..ooooo..ooooo..ooooo..ooooo", "..ooooo..oooooh.ooooo..ooooo..o",
    "oooo..ooooo..ooooo..ooooo..ooo",  "oo..ooooo..Hoooo..ooooo..ooooo.",
    "hHoooo..ooooo..ooooo..ooooo..o",  "oooo.hHHooo..ooooo..ooooH..oooo",
};
static const char *const MEXICO_2026[] = {
    "Ho..ooooo..ooooo..ooooo..ooooo.", ".Hoooo..ooooo..ooooo..ooooo.",
    ".ooooo..ooooo..Hoooo..ooooo..oo", "oHH..ooooo..ooooo..ooooo..oooo",
    "H..ooooo..ooooo..ooooo..ooooo..", "ooooo..ooooo..ooooo..ooooo..oo",
    "ooo..ooooo..ooooo..ooooo..ooooo", "..ooooo..ooooo..ooooo..ooooo..o",
    "oooo..ooooo..ooHoo..ooooo..ooo",  "oo..ooooo..ooooo..ooooo..ooooo.",
    ".Hoooo..ooooo..Hoooo..ooooo..o",  "oooo..oooooh.ooooo..ooooH..oooo",
};

static char day_of(const char *const *year, pn_date date) {
    pn_civil civil = pn_date_civil(date);
    return civil.year == 2026 ? year[civil.month - 1][civil.day - 1] : 'o';
}

static pn_gate_query query_of(const pn_zone *zone, const pn_calendar *calendar,
                              pn_channel_kind channel) {
    return (pn_gate_query){.channel = channel,
                           .purpose = PN_PURPOSE_DEMAND,
                           .person = true,
                           .zones = {zone},
                           .zone_count = 1,
                           .calendar = calendar,
                           .claimable = {100000, {"EUR"}}};
}

/* Every quarter of an hour of every day, those that daylight saving adds included. */
static void check_year(const pn_policy *policy, const pn_zone *zone, const pn_calendar *calendar,
                       const char *const *year, int from_hour, int to_hour) {
    pn_gate_query call = query_of(zone, calendar, PN_CHANNEL_CALL);
    pn_gate_query letter = query_of(zone, calendar, PN_CHANNEL_LETTER);
    for (pn_date date = pn_date_of(2026, 1, 1); date <= pn_date_of(2026, 12, 31); date++) {
        char kind = day_of(year, date);
        bool holiday = kind == 'H' || kind == 'h';
        pn_time midnight = pn_zone_instant(zone, date, 0);
        pn_time end = pn_zone_instant(zone, date + 1, 0);
        for (pn_time at = midnight; at < end; at += 15 * PN_MINUTE) {
            int32_t second = pn_zone_local(zone, at).second;
            bool open = kind == 'o' && second >= from_hour * 3600 && second < to_hour * 3600;
            pn_verdict verdict = pn_gate(policy, &call, at);
            assert_int_equal(verdict.answer, open ? PN_GATE_ALLOW : PN_GATE_LATER);
            if (!open) {
                pn_date next = second < from_hour * 3600 ? date : date + 1;
                while (day_of(year, next) != 'o') {
                    next++;
                }
                pn_time opens = pn_zone_instant(zone, next, from_hour * 3600);
                if (date <= pn_date_of(2026, 12, 30)) { /* the table ends with the year */
                    assert_true(verdict.at == opens);
                }
                assert_int_equal(verdict.reason, holiday ? PN_GATE_HOLIDAY : PN_GATE_HOURS);
                assert_int_equal(verdict.detail.len != 0, holiday);
            }
            assert_int_equal(pn_gate(policy, &letter, at).answer,
                             holiday ? PN_GATE_LATER : PN_GATE_ALLOW);
        }
    }
}

static void a_year_in_madrid(void **state) {
    (void)state;
    pn_calendar calendar = pn_calendar_for(PN_STR("ES"), PN_STR("MD"));
    check_year(pack("es"), zone_named("Europe/Madrid"), &calendar, MADRID_2026, 9, 21);
    check_year(pack("neutral"), zone_named("Europe/Madrid"), &calendar, MADRID_2026, 9, 20);
}

static void a_year_in_mexico(void **state) {
    (void)state;
    pn_calendar calendar = pn_calendar_for(PN_STR("MX"), PN_STR("CMX"));
    check_year(pack("mx"), zone_named("America/Mexico_City"), &calendar, MEXICO_2026, 7, 22);
    /* at the border clocks follow the United States */
    check_year(pack("mx"), zone_named("America/Tijuana"), &calendar, MEXICO_2026, 7, 22);
}

/* ── the rules one by one ────────────────────────────────────────────────────────────────────── */

typedef struct {
    const pn_policy *policy;
    const pn_zone *zone;
    pn_calendar calendar;
    pn_gate_query query;
    pn_contact_made history[20];
} setting;

static void begin(setting *s, const char *policy) {
    memset(s, 0, sizeof *s);
    s->policy = pack(policy);
    s->zone = zone_named("Europe/Madrid");
    s->calendar = pn_calendar_for(PN_STR("ES"), PN_STR("MD"));
    s->query = query_of(s->zone, &s->calendar, PN_CHANNEL_EMAIL);
    s->query.history = s->history;
}

static void made(setting *s, pn_channel_kind channel, const char *when) {
    s->history[s->query.history_count++] =
        (pn_contact_made){.at = moment(s->zone, when), .channel = channel};
}

/* "allow", or "later cap 2026-03-03 09:00", or "never opt_out". */
static const char *ask(setting *s, const char *when) {
    pn_verdict v = pn_gate(s->policy, &s->query, moment(s->zone, when));
    const char *answer = pn_gate_answer_name(v.answer);
    switch (v.answer) {
    case PN_GATE_ALLOW: assert_int_equal(v.reason, PN_GATE_OK); return answer;
    case PN_GATE_LATER:
        return pn_str_format(&arena, "%s %s %s", answer, pn_gate_reason_name(v.reason),
                             moment_text(s->zone, v.at))
            .ptr;
    case PN_GATE_NEVER:
        assert_true(v.at == PN_TIME_NEVER);
        return pn_str_format(&arena, "%s %s", answer, pn_gate_reason_name(v.reason)).ptr;
    }
    return "?";
}

static void hours_have_ends(void **state) {
    (void)state;
    setting s;
    begin(&s, "es");
    assert_string_equal(ask(&s, "2026-03-02 08:59"), "later hours 2026-03-02 09:00");
    assert_string_equal(ask(&s, "2026-03-02 09:00"), "allow");
    assert_string_equal(ask(&s, "2026-03-02 20:59"), "allow");
    assert_string_equal(ask(&s, "2026-03-02 21:00"), "later hours 2026-03-03 09:00");
    assert_string_equal(ask(&s, "2026-04-01 21:00"), "later hours 2026-04-06 09:00");
    assert_string_equal(ask(&s, "2026-04-02 10:00"), "later holiday 2026-04-06 09:00");
    s.query.channel = PN_CHANNEL_LETTER;
    assert_string_equal(ask(&s, "2026-03-01 03:00"), "allow");
    assert_string_equal(ask(&s, "2026-04-02 10:00"), "later holiday 2026-04-04 00:00");
}

static void regions_have_holidays_of_their_own(void **state) {
    (void)state;
    setting s;
    begin(&s, "es");
    assert_string_equal(ask(&s, "2026-06-24 10:00"), "allow");
    s.calendar = pn_calendar_for(PN_STR("ES"), PN_STR("CT")); /* San Juan */
    assert_string_equal(ask(&s, "2026-06-24 10:00"), "later holiday 2026-06-25 09:00");
    assert_string_equal(ask(&s, "2026-04-02 10:00"), "allow"); /* Holy Thursday is none there */
    s.calendar = pn_calendar_for(PN_STR("DE"), PN_STR(""));    /* no data: weekends only */
    assert_string_equal(ask(&s, "2026-12-25 10:00"), "allow");
}

static void of_two_zones_the_strictest_wins(void **state) {
    (void)state;
    setting s;
    begin(&s, "es");
    s.query.zones[1] = zone_named("Atlantic/Canary"); /* an hour earlier */
    s.query.zone_count = 2;
    assert_string_equal(ask(&s, "2026-03-02 09:30"), "later hours 2026-03-02 10:00");
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "allow");
    assert_string_equal(ask(&s, "2026-03-02 20:59"), "allow");
    assert_string_equal(ask(&s, "2026-03-02 21:30"), "later hours 2026-03-03 10:00");
    s.query.zones[1] = zone_named("America/Mexico_City"); /* seven hours: 16:00 to 21:00 */
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "later hours 2026-03-02 16:00");
    assert_string_equal(ask(&s, "2026-03-02 20:59"), "allow");
    s.query.zones[1] = zone_named("Pacific/Auckland"); /* twelve in winter: no common hour */
    assert_string_equal(ask(&s, "2026-01-12 10:00"), "never channel_closed");
    /* on 29 March Madrid changes and Auckland follows on 5 April: two hours are common then */
    assert_string_equal(ask(&s, "2026-04-07 12:00"), "later hours 2026-04-08 09:00");
    assert_string_equal(ask(&s, "2026-04-08 10:59"), "allow");
}

static void a_strategy_may_be_stricter(void **state) {
    (void)state;
    setting s;
    begin(&s, "es");
    s.query.hours = (pn_flow_hours){true, 0x05, 8 * 3600, 11 * 3600}; /* Monday, Wednesday */
    assert_string_equal(ask(&s, "2026-03-02 08:30"), "later hours 2026-03-02 09:00");
    assert_string_equal(ask(&s, "2026-03-02 10:59"), "allow");
    assert_string_equal(ask(&s, "2026-03-02 11:00"), "later strategy_hours 2026-03-04 09:00");
    assert_string_equal(ask(&s, "2026-03-03 10:00"), "later strategy_hours 2026-03-04 09:00");
    /* Wednesday 16 and Monday 21 December; Christmas is a Friday */
    assert_string_equal(ask(&s, "2026-12-02 12:00"), "later strategy_hours 2026-12-09 09:00");
    s.query.hours = (pn_flow_hours){true, 0x7F, 21 * 3600, 23 * 3600}; /* never both */
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "never channel_closed");
}

static void caps_count_rolling_local_days(void **state) {
    (void)state;
    setting s;
    begin(&s, "es");
    made(&s, PN_CHANNEL_EMAIL, "2026-03-02 19:30");
    assert_string_equal(ask(&s, "2026-03-02 19:31"), "later cap 2026-03-03 09:00");
    assert_string_equal(ask(&s, "2026-03-03 09:00"), "allow"); /* a day is a local day */
    begin(&s, "es");
    made(&s, PN_CHANNEL_EMAIL, "2026-03-03 10:00");
    s.query.channel = PN_CHANNEL_SMS; /* one a day and channel */
    assert_string_equal(ask(&s, "2026-03-03 18:00"), "allow");
    made(&s, PN_CHANNEL_SMS, "2026-03-04 10:00");
    made(&s, PN_CHANNEL_CALL, "2026-03-05 10:00");
    made(&s, PN_CHANNEL_WHATSAPP, "2026-03-06 10:00");
    s.query.channel = PN_CHANNEL_PUSH; /* four in seven days: the first is of Tuesday 3 */
    assert_string_equal(ask(&s, "2026-03-06 18:00"), "later cap 2026-03-10 09:00");
    assert_string_equal(ask(&s, "2026-03-09 10:00"), "later cap 2026-03-10 09:00");
    pn_verdict v = pn_gate(s.policy, &s.query, moment(s.zone, "2026-03-09 10:00"));
    assert_int_equal(v.number, 4);
    assert_int_equal(v.days, 7);
    assert_str(v.source, "four demands a week over all channels");
    assert_string_equal(ask(&s, "2026-03-10 09:00"), "allow");
    /* three calls a week to a consumer, not to a company */
    begin(&s, "es");
    s.query.channel = PN_CHANNEL_CALL;
    made(&s, PN_CHANNEL_CALL, "2026-03-02 10:00");
    made(&s, PN_CHANNEL_CALL, "2026-03-03 10:00");
    made(&s, PN_CHANNEL_CALL, "2026-03-04 10:00");
    assert_string_equal(ask(&s, "2026-03-05 10:00"), "later cap 2026-03-09 09:00");
    s.query.person = false;
    assert_string_equal(ask(&s, "2026-03-05 10:00"), "allow");
    /* what is no demand neither counts nor is counted */
    begin(&s, "es");
    made(&s, PN_CHANNEL_EMAIL, "2026-03-02 09:00");
    s.query.purpose = PN_PURPOSE_SERVICE;
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "allow");
    s.query.purpose = PN_PURPOSE_DEMAND;
    s.history[0].purpose = PN_PURPOSE_SERVICE;
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "allow");
}

static void a_gap_lies_between_two(void **state) {
    (void)state;
    setting s;
    begin(&s, "es");
    made(&s, PN_CHANNEL_SMS, "2026-03-02 10:10");
    assert_string_equal(ask(&s, "2026-03-02 10:10"), "later gap 2026-03-02 14:10");
    assert_string_equal(ask(&s, "2026-03-02 14:09"), "later gap 2026-03-02 14:10");
    assert_string_equal(ask(&s, "2026-03-02 14:10"), "allow");
    s.history[0].at = moment(s.zone, "2026-03-02 18:00"); /* its end falls into the night */
    assert_string_equal(ask(&s, "2026-03-02 19:00"), "later gap 2026-03-03 09:00");
}

static void after_a_conversation_nobody_calls(void **state) {
    (void)state;
    setting s;
    begin(&s, "es");
    made(&s, PN_CHANNEL_CALL, "2026-03-02 18:00");
    s.history[0].conversation = true;
    s.history[0].purpose = PN_PURPOSE_SERVICE; /* they called us */
    s.query.channel = PN_CHANNEL_CALL;
    /* its day is day one: two days are Monday and Tuesday */
    assert_string_equal(ask(&s, "2026-03-03 10:00"), "later after_conversation 2026-03-04 09:00");
    s.query.channel = PN_CHANNEL_EMAIL; /* e-mails may go on */
    assert_string_equal(ask(&s, "2026-03-03 10:00"), "allow");
    /* US Reg F: within 7 days after it, its day is day one, so the next call is on day eight */
    const pn_policy *us = NULL;
    assert_int_equal(pn_policy_parse(json_of(&arena, POLICY
                                             ",'windows':[{'weekdays':['mon','tue','wed','thu',"
                                             "'fri','sat','sun'],'from':'08:00','to':'21:00'}],"
                                             "'after_conversation':{'days':7,'channels':['call']},"
                                             "'caps':[{'channels':['call'],'max':7,'days':7}]}"),
                                     &arena, &us, &diag),
                     PN_OK);
    s.policy = us;
    s.query.channel = PN_CHANNEL_CALL;
    assert_string_equal(ask(&s, "2026-03-08 20:00"), "later after_conversation 2026-03-09 08:00");
}

static void some_are_never_contacted(void **state) {
    (void)state;
    setting s;
    begin(&s, "es");
    s.query.claimable.minor = 0;
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "never nothing_claimable");
    s.query.claimable.minor = 299; /* 3 € are worth it */
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "never minimum");
    s.query.claimable.minor = 300;
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "allow");
    s.query.claimable = (pn_money){1, {"USD"}}; /* no minimum in that currency */
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "allow");
    s.query.claimable.minor = 0;
    s.query.purpose = PN_PURPOSE_SERVICE; /* thanks need nothing to claim */
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "allow");
    s.query.opted_out = true;
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "allow");
    s.query.purpose = PN_PURPOSE_DEMAND;
    s.query.claimable.minor = 100;
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "never opt_out");
    s.query.purpose = PN_PURPOSE_SERVICE;
    s.query.unusable = true;
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "never unusable_contact");
    s.query.barred = PN_STR("concurso"); /* whatever it is about */
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "never barred");
    assert_string_equal(ask(&s, "2026-03-01 03:00"), "never barred");
    begin(&s, "es");
    s.query.channel = PN_CHANNEL_HTTP;
    assert_string_equal(ask(&s, "2026-03-01 03:00"), "allow");
    pn_policy mails_only = *s.policy;
    mails_only.window_count = 1;
    s.policy = &mails_only;
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "never channel_closed");
}

static void nights_of_daylight_saving(void **state) {
    (void)state;
    setting s;
    begin(&s, "es");
    const pn_policy *night = NULL;
    assert_int_equal(pn_policy_parse(json_of(&arena, POLICY
                                             ",'holidays':'ignore','windows':[{'weekdays':['sun'],"
                                             "'from':'02:00','to':'03:00'},{'weekdays':['mon'],"
                                             "'from':'12:00','to':'13:00'}]}"),
                                     &arena, &night, &diag),
                     PN_OK);
    s.policy = night;
    assert_string_equal(ask(&s, "2026-03-22 02:30"), "allow");
    /* that hour does not exist on 29 March */
    assert_string_equal(ask(&s, "2026-03-29 01:30"), "later hours 2026-03-30 12:00");
    assert_string_equal(ask(&s, "2026-03-29 03:00"), "later hours 2026-03-30 12:00");
    /* and comes twice on 25 October */
    pn_time first = moment(s.zone, "2026-10-25 02:00");
    for (int minute = -30; minute < 150; minute += 5) {
        bool open = minute >= 0 && minute < 120;
        pn_verdict v = pn_gate(night, &s.query, first + minute * PN_MINUTE);
        assert_int_equal(v.answer, open ? PN_GATE_ALLOW : PN_GATE_LATER);
    }
    /* a cap's day has 23 or 25 hours */
    begin(&s, "es");
    s.query.channel = PN_CHANNEL_LETTER;
    const pn_policy *daily = NULL;
    assert_int_equal(
        pn_policy_parse(json_of(&arena, POLICY ",'holidays':'ignore','windows':["
                                               "{'weekdays':['mon','sat','sun'],'from':"
                                               "'00:00','to':'24:00'}],'caps':[{'max':"
                                               "1,'days':1}]}"),
                        &arena, &daily, &diag),
        PN_OK);
    s.policy = daily;
    made(&s, PN_CHANNEL_LETTER, "2026-10-25 00:00");
    assert_string_equal(ask(&s, "2026-10-25 00:01"), "later cap 2026-10-26 00:00");
    assert_true(pn_gate(daily, &s.query, s.history[0].at).at == s.history[0].at + 25 * PN_HOUR);
}

/* ── the property ────────────────────────────────────────────────────────────────────────────── */

/* What a policy means, minute by minute, written down again without looking for when. */
static bool allowed_at(const pn_policy *policy, const pn_gate_query *query, pn_time at) {
    unsigned who = query->person ? PN_APPLIES_PERSON : PN_APPLIES_COMPANY;
    for (size_t z = 0; z < query->zone_count; z++) {
        pn_local local = pn_zone_local(query->zones[z], at);
        bool open = false;
        for (size_t i = 0; i < policy->window_count; i++) {
            const pn_policy_window *w = &policy->windows[i];
            open = open || ((w->channels >> query->channel & 1) != 0 && (w->applies & who) != 0 &&
                            (w->weekdays >> pn_date_weekday(local.date) & 1) != 0 &&
                            local.second >= w->from_second && local.second < w->to_second);
        }
        if (!open ||
            (policy->no_holidays && pn_calendar_holiday(query->calendar, local.date).len != 0)) {
            return false;
        }
    }
    pn_local local = pn_zone_local(query->zones[0], at);
    if (query->hours.given &&
        ((query->hours.weekdays >> pn_date_weekday(local.date) & 1) == 0 ||
         local.second < query->hours.from_second || local.second >= query->hours.to_second)) {
        return false;
    }
    for (size_t i = 0; i < policy->cap_count; i++) {
        const pn_policy_cap *cap = &policy->caps[i];
        int32_t count = 0;
        for (size_t j = 0; j < query->history_count; j++) {
            const pn_contact_made *contact = &query->history[j];
            pn_date day = pn_zone_date(query->zones[0], contact->at);
            count += (cap->channels >> contact->channel & 1) != 0 &&
                     (cap->purposes >> contact->purpose & 1) != 0 && day > local.date - cap->days;
        }
        if ((cap->channels >> query->channel & 1) != 0 && (cap->applies & who) != 0 &&
            (cap->purposes >> query->purpose & 1) != 0 && count >= cap->max) {
            return false;
        }
    }
    for (size_t i = 0; i < policy->gap_count; i++) {
        const pn_policy_gap *gap = &policy->gaps[i];
        for (size_t j = 0; j < query->history_count; j++) {
            const pn_contact_made *contact = &query->history[j];
            if ((gap->channels >> query->channel & 1) != 0 && (gap->applies & who) != 0 &&
                (gap->purposes >> query->purpose & 1) != 0 &&
                (gap->channels >> contact->channel & 1) != 0 &&
                (gap->purposes >> contact->purpose & 1) != 0 &&
                at < contact->at + gap->hours * PN_HOUR) {
                return false;
            }
        }
    }
    for (size_t j = 0; j < query->history_count; j++) {
        const pn_contact_made *contact = &query->history[j];
        if (contact->conversation && query->purpose == PN_PURPOSE_DEMAND &&
            (policy->after_conversation_channels >> query->channel & 1) != 0 &&
            local.date <
                pn_zone_date(query->zones[0], contact->at) + policy->after_conversation_days) {
            return false;
        }
    }
    return true;
}

static uint32_t some_channels(pn_random *random) {
    return one_in(random, 2) ? UINT32_MAX : (uint32_t)pn_random_below(random, 128) << 1;
}

static unsigned some_who(pn_random *random) {
    return one_in(random, 3) ? (unsigned)between(random, 1, 2) : PN_APPLIES_ALL;
}

/* Windows begin outside the hour that clocks repeat. */
static void random_span(pn_random *random, int32_t *ret_from, int32_t *ret_to) {
    static const int32_t FROM[] = {0, 7, 8, 9, 10, 13, 16, 20};
    *ret_from = FROM[pn_random_below(random, PN_COUNT(FROM))] * 3600;
    *ret_to = PN_MIN(86400, *ret_from + (int32_t)between(random, 1, 24) * 1800);
}

static pn_policy random_policy(pn_random *random) {
    pn_policy policy = {.no_holidays = !one_in(random, 3),
                        .after_conversation_days = (int32_t)between(random, 0, 4),
                        .after_conversation_channels = some_channels(random),
                        .window_count = (size_t)between(random, 1, 4),
                        .cap_count = (size_t)between(random, 0, 3),
                        .gap_count = (size_t)between(random, 0, 2)};
    pn_policy_window *windows = pn_arena_array(&arena, pn_policy_window, 4);
    pn_policy_cap *caps = pn_arena_array(&arena, pn_policy_cap, 3);
    pn_policy_gap *gaps = pn_arena_array(&arena, pn_policy_gap, 2);
    for (size_t i = 0; i < policy.window_count; i++) {
        windows[i] = (pn_policy_window){.channels = some_channels(random),
                                        .applies = some_who(random),
                                        .weekdays = (uint8_t)between(random, 1, 127)};
        random_span(random, &windows[i].from_second, &windows[i].to_second);
    }
    static const int32_t DAYS[] = {1, 2, 7, 31}, HOURS[] = {1, 4, 24, 72};
    for (size_t i = 0; i < policy.cap_count; i++) {
        caps[i] =
            (pn_policy_cap){.channels = some_channels(random),
                            .applies = some_who(random),
                            .purposes = one_in(random, 3) ? PN_PURPOSES_ALL : PN_PURPOSES_DEMAND,
                            .max = (int32_t)between(random, 1, 3),
                            .days = DAYS[pn_random_below(random, PN_COUNT(DAYS))]};
    }
    for (size_t i = 0; i < policy.gap_count; i++) {
        gaps[i] =
            (pn_policy_gap){.channels = some_channels(random),
                            .applies = some_who(random),
                            .purposes = one_in(random, 3) ? PN_PURPOSES_ALL : PN_PURPOSES_DEMAND,
                            .hours = HOURS[pn_random_below(random, PN_COUNT(HOURS))]};
    }
    policy.windows = windows;
    policy.caps = caps;
    policy.gaps = gaps;
    return policy;
}

static pn_gate_query random_query(pn_random *random, const pn_zone *const *zones,
                                  const pn_calendar *calendar, pn_time now) {
    pn_gate_query query = query_of(zones[pn_random_below(random, 4)], calendar,
                                   (pn_channel_kind)between(random, 1, PN_CHANNELS - 1));
    query.purpose = one_in(random, 4) ? PN_PURPOSE_SERVICE : PN_PURPOSE_DEMAND;
    query.person = one_in(random, 2);
    if (one_in(random, 3)) {
        query.zones[1] = zones[pn_random_below(random, 4)];
        query.zone_count = 2;
    }
    if (one_in(random, 3)) {
        query.hours.given = true;
        query.hours.weekdays = (uint8_t)between(random, 1, 127);
        random_span(random, &query.hours.from_second, &query.hours.to_second);
        query.hours.to_second = PN_MIN(query.hours.to_second, 86340);
    }
    pn_contact_made *history = pn_arena_array(&arena, pn_contact_made, 8);
    query.history_count = pn_random_below(random, 9);
    pn_time at = now;
    for (size_t i = query.history_count; i > 0; i--) { /* oldest first */
        at -= between(random, 0, one_in(random, 3) ? 6 : 72 * 60) * PN_MINUTE;
        history[i - 1] = (pn_contact_made){
            .at = at,
            .channel = one_in(random, 2) ? query.channel : (pn_channel_kind)between(random, 1, 7),
            .purpose = one_in(random, 4) ? PN_PURPOSE_SERVICE : PN_PURPOSE_DEMAND,
            .conversation = one_in(random, 6)};
    }
    query.history = history;
    return query;
}

enum { QUERIES = 4000, HORIZON_DAYS = 40 };

static void the_first_allowed_minute_is_told(void **state) {
    (void)state;
    uint64_t seed = random_seed();
    pn_random random = pn_random_for(seed, PN_STR("gate"));
    static const char *const ZONES[] = {"Europe/Madrid", "America/Mexico_City", "Atlantic/Canary",
                                        "America/New_York"};
    const pn_zone *zones[4];
    for (size_t i = 0; i < 4; i++) {
        zones[i] = zone_named(ZONES[i]);
    }
    const pn_calendar calendars[] = {pn_calendar_for(PN_STR("ES"), PN_STR("MD")),
                                     pn_calendar_for(PN_STR("ES"), PN_STR("CT")),
                                     pn_calendar_for(PN_STR("MX"), PN_STR(""))};
    pn_time year = pn_date_of(2026, 1, 1) * PN_DAY;
    size_t answers[3] = {0};
    pn_arena_mark mark = pn_arena_marked(&arena);
    for (int i = 0; i < QUERIES; i++) {
        pn_arena_rewind(&arena, mark);
        pn_policy policy = random_policy(&random);
        pn_time now = year + between(&random, 0, 365 * 1440) * PN_MINUTE;
        pn_gate_query query = random_query(&random, zones, &calendars[i % 3], now);
        pn_verdict verdict = pn_gate(&policy, &query, now);
        answers[verdict.answer]++;
        pn_time at = now;
        while (at < now + HORIZON_DAYS * PN_DAY && !allowed_at(&policy, &query, at)) {
            at += PN_MINUTE;
        }
        bool never = at == now + HORIZON_DAYS * PN_DAY;
        pn_time told = verdict.answer == PN_GATE_ALLOW ? now : verdict.at;
        if (never ? told < at : told != at) {
            print_error("PUNTUAL_SEED=%llu, query %d at %s: told %s (%s, %s), true %s\n",
                        (unsigned long long)seed, i, moment_text(query.zones[0], now),
                        moment_text(query.zones[0], told), pn_gate_answer_name(verdict.answer),
                        pn_gate_reason_name(verdict.reason),
                        never ? "never" : moment_text(query.zones[0], at));
            fail();
        }
        if (verdict.answer == PN_GATE_LATER) {
            assert_int_equal(pn_gate(&policy, &query, verdict.at).answer, PN_GATE_ALLOW);
            assert_int_not_equal(pn_gate(&policy, &query, verdict.at - 1).answer, PN_GATE_ALLOW);
        }
    }
    for (size_t i = 0; i < 3; i++) {
        assert_true(answers[i] > QUERIES / 20);
    }
}

/* ── words ───────────────────────────────────────────────────────────────────────────────────── */

static const char *explained(const setting *s, const char *when, const char *language) {
    pn_verdict v = pn_gate(s->policy, &s->query, moment(s->zone, when));
    pn_buf out;
    pn_buf_init(&out, 1000);
    pn_gate_explain(&v, s->policy, s->zone, pn_str_of(language), &out);
    const char *copy = pn_str_z(&arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return copy;
}

static void verdicts_in_words(void **state) {
    (void)state;
    setting s;
    begin(&s, "es");
    assert_string_equal(explained(&s, "2026-03-02 10:00", "es"), "Sí: permitido. [es 2026-11]");
    assert_string_equal(explained(&s, "2026-03-02 08:00", "en"),
                        "Not now: outside the contact hours; possible from 2026-03-02 09:00 "
                        "(Europe/Madrid). [es 2026-11, sector practice, no statutory hours]");
    assert_string_equal(explained(&s, "2026-04-02 10:00", "pt-BR"),
                        "Agora não: é feriado (Jueves Santo); será possível a partir de 2026-04-06 "
                        "09:00 (Europe/Madrid). [es 2026-11, sector practice, no statutory hours]");
    made(&s, PN_CHANNEL_EMAIL, "2026-03-02 09:00");
    assert_string_equal(
        explained(&s, "2026-03-02 15:00", "es"),
        "Ahora no: el tope es de 1 contactos cada 1 días; se podrá desde 2026-03-03 "
        "09:00 (Europe/Madrid). [es 2026-11, one demand a day and channel]");
    s.query.channel = PN_CHANNEL_SMS;
    assert_string_equal(explained(&s, "2026-03-02 11:00", "en"),
                        "Not now: at least 4 hours between two contacts; possible from 2026-03-02 "
                        "13:00 (Europe/Madrid). [es 2026-11, two demands are never closer than "
                        "four hours]");
    s.query.channel = PN_CHANNEL_CALL;
    s.history[0].conversation = true;
    assert_string_equal(explained(&s, "2026-03-02 15:00", "es"),
                        "Ahora no: hubo una conversación hace menos de 2 días; se podrá desde "
                        "2026-03-04 09:00 (Europe/Madrid). [es 2026-11]");
    s.query.hours = (pn_flow_hours){true, 0x40, 0, 3600};
    assert_string_equal(explained(&s, "2026-03-02 15:00", "pt"),
                        "Não: a política não permite este canal. [es 2026-11]");
    begin(&s, "es");
    s.query.hours = (pn_flow_hours){true, 0x1F, 36000, 39600};
    assert_string_equal(explained(&s, "2026-03-02 15:00", "es"),
                        "Ahora no: fuera del horario de la estrategia; se podrá desde 2026-03-03 "
                        "10:00 (Europe/Madrid). [es 2026-11]");
    s.query.claimable.minor = 1;
    assert_string_equal(explained(&s, "2026-03-02 10:30", "es"),
                        "No: el importe no llega al mínimo que se reclama. [es 2026-11]");
    s.query.claimable.minor = 0;
    assert_string_equal(explained(&s, "2026-03-02 10:30", "en"),
                        "No: nothing is left to claim. [es 2026-11]");
    s.query.opted_out = true;
    assert_string_equal(explained(&s, "2026-03-02 10:30", "en"),
                        "No: they asked not to be contacted this way. [es 2026-11]");
    s.query.unusable = true;
    assert_string_equal(explained(&s, "2026-03-02 10:30", "pt"),
                        "Não: este endereço não funciona. [es 2026-11]");
    s.query.barred = PN_STR("concurso de acreedores");
    assert_string_equal(explained(&s, "2026-03-02 10:30", "es"),
                        "No: está excluido: concurso de acreedores. [es 2026-11]");
}

/* A rule that moves the moment past a holiday is not explained by that holiday. */
static void the_holiday_is_named_only_when_it_is_the_reason(void **state) {
    (void)state;
    setting s;
    begin(&s, "es");
    s.query.hours = (pn_flow_hours){true, 0x10, 9 * 3600, 11 * 3600}; /* Fridays */
    pn_verdict v = pn_gate(s.policy, &s.query, moment(s.zone, "2026-01-06 10:00"));
    assert_int_equal(v.reason, PN_GATE_OWN_HOURS);
    assert_int_equal(v.detail.len, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define GATE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        GATE(the_packs_are_read),
        GATE(what_is_no_policy_is_refused),
        GATE(a_year_in_madrid),
        GATE(a_year_in_mexico),
        GATE(hours_have_ends),
        GATE(regions_have_holidays_of_their_own),
        GATE(of_two_zones_the_strictest_wins),
        GATE(a_strategy_may_be_stricter),
        GATE(caps_count_rolling_local_days),
        GATE(a_gap_lies_between_two),
        GATE(after_a_conversation_nobody_calls),
        GATE(some_are_never_contacted),
        GATE(nights_of_daylight_saving),
        GATE(the_first_allowed_minute_is_told),
        GATE(verdicts_in_words),
        GATE(the_holiday_is_named_only_when_it_is_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
