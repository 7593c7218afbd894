/* The gate: a year of hours and holidays, every rule, and its words. */
#include "gate_rig.h"

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

#define MANNERS                                                                                    \
    "Good manners, no law: one demand a day by each channel, four in seven days over all, four "   \
    "hours apart, no call within two days after a conversation"
#define NO_HOURS "Spain has no statutory collection hours"

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
    s.query.about.channel = PN_CHANNEL_LETTER;
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
    s.query.about.channel = PN_CHANNEL_SMS; /* one a day and channel */
    assert_string_equal(ask(&s, "2026-03-03 18:00"), "allow");
    made(&s, PN_CHANNEL_SMS, "2026-03-04 10:00");
    made(&s, PN_CHANNEL_CALL, "2026-03-05 10:00");
    made(&s, PN_CHANNEL_WHATSAPP, "2026-03-06 10:00");
    s.query.about.channel = PN_CHANNEL_PUSH; /* four in seven days: the first is of Tuesday 3 */
    assert_string_equal(ask(&s, "2026-03-06 18:00"), "later cap 2026-03-10 09:00");
    assert_string_equal(ask(&s, "2026-03-09 10:00"), "later cap 2026-03-10 09:00");
    pn_verdict v = pn_gate(s.policy, &s.query, moment(s.zone, "2026-03-09 10:00"));
    assert_int_equal(v.number, 4);
    assert_int_equal(v.days, 7);
    assert_str(v.source, MANNERS);
    assert_string_equal(ask(&s, "2026-03-10 09:00"), "allow");
    /* three calls a week to a consumer, not to a company */
    begin(&s, "es");
    s.query.about.channel = PN_CHANNEL_CALL;
    made(&s, PN_CHANNEL_CALL, "2026-03-02 10:00");
    made(&s, PN_CHANNEL_CALL, "2026-03-03 10:00");
    made(&s, PN_CHANNEL_CALL, "2026-03-04 10:00");
    assert_string_equal(ask(&s, "2026-03-05 10:00"), "later cap 2026-03-09 09:00");
    s.query.about.person = false;
    assert_string_equal(ask(&s, "2026-03-05 10:00"), "allow");
    /* what is no demand neither counts nor is counted */
    begin(&s, "es");
    made(&s, PN_CHANNEL_EMAIL, "2026-03-02 09:00");
    s.query.about.purpose = PN_PURPOSE_SERVICE;
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "allow");
    s.query.about.purpose = PN_PURPOSE_DEMAND;
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
    s.query.about.channel = PN_CHANNEL_CALL;
    /* its day is day one: two days are Monday and Tuesday */
    assert_string_equal(ask(&s, "2026-03-03 10:00"), "later after_conversation 2026-03-04 09:00");
    s.query.about.channel = PN_CHANNEL_EMAIL; /* e-mails may go on */
    assert_string_equal(ask(&s, "2026-03-03 10:00"), "allow");
    /* US Reg F: within 7 days after it, its day is day one, so the next call is on day eight */
    const pn_policy *us =
        policy_of(POLICY ",'windows':[{'weekdays':['mon','tue','wed','thu','fri','sat','sun'],"
                         "'from':'08:00','to':'21:00'}],'gaps':[{'after':'conversation','days':7,"
                         "'channels':['call']}],'caps':[{'channels':['call'],'max':7,'days':7}]}");
    s.policy = us;
    s.query.about.channel = PN_CHANNEL_CALL;
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
    s.query.about.purpose = PN_PURPOSE_SERVICE; /* thanks need nothing to claim */
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "allow");
    s.query.opted_out = true;
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "allow");
    s.query.about.purpose = PN_PURPOSE_DEMAND;
    s.query.claimable.minor = 100;
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "never opt_out");
    s.query.about.purpose = PN_PURPOSE_SERVICE;
    s.query.unusable = true;
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "never unusable_contact");
    s.query.barred = PN_STR("concurso"); /* whatever it is about */
    assert_string_equal(ask(&s, "2026-03-02 10:00"), "never barred");
    assert_string_equal(ask(&s, "2026-03-01 03:00"), "never barred");
    begin(&s, "es");
    s.query.about.channel = PN_CHANNEL_HTTP;
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
    const pn_policy *night =
        policy_of(POLICY ",'holidays':'ignore','windows':[{'weekdays':['sun'],'from':'02:00',"
                         "'to':'03:00'},{'weekdays':['mon'],'from':'12:00','to':'13:00'}]}");
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
    s.query.about.channel = PN_CHANNEL_LETTER;
    const pn_policy *daily =
        policy_of(POLICY ",'holidays':'ignore','windows':[{'weekdays':['mon','sat','sun'],'from':"
                         "'00:00','to':'24:00'}],'caps':[{'max':1,'days':1}]}");
    s.policy = daily;
    made(&s, PN_CHANNEL_LETTER, "2026-10-25 00:00");
    assert_string_equal(ask(&s, "2026-10-25 00:01"), "later cap 2026-10-26 00:00");
    assert_true(pn_gate(daily, &s.query, s.history[0].at).at == s.history[0].at + 25 * PN_HOUR);
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
                        "(Europe/Madrid). [es 2026-11, " NO_HOURS "]");
    assert_string_equal(explained(&s, "2026-04-02 10:00", "pt-BR"),
                        "Agora não: é feriado (Jueves Santo); será possível a partir de 2026-04-06 "
                        "09:00 (Europe/Madrid). [es 2026-11, Na Espanha nenhuma lei fixa "
                        "o horário de cobrança]");
    made(&s, PN_CHANNEL_EMAIL, "2026-03-02 09:00");
    assert_string_equal(explained(&s, "2026-03-02 15:00", "es"),
                        "Ahora no: el tope es de 1 contacto al día; se podrá desde 2026-03-03 "
                        "09:00 (Europe/Madrid). [es 2026-11, Buenas maneras, sin ley]");
    s.query.about.channel = PN_CHANNEL_SMS;
    assert_string_equal(explained(&s, "2026-03-02 11:00", "en"),
                        "Not now: at least 4 hours between two contacts; possible from 2026-03-02 "
                        "13:00 (Europe/Madrid). [es 2026-11, Good manners, no law]");
    s.query.about.channel = PN_CHANNEL_CALL;
    s.history[0].conversation = true;
    assert_string_equal(explained(&s, "2026-03-02 15:00", "es"),
                        "Ahora no: hubo una conversación hace menos de 2 días; se podrá desde "
                        "2026-03-04 09:00 (Europe/Madrid). [es 2026-11, Buenas maneras, sin ley]");
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
        GATE(verdicts_in_words),
        GATE(the_holiday_is_named_only_when_it_is_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
