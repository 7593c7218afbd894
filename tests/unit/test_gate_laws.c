/* The gate in the countries of the packs: caps, gaps, consent and opt-outs as their laws count,
 * days on which clocks change, regions, travellers. */
#include "gate_rig.h"

typedef struct {
    const pn_policy *policy;
    const pn_zone *zone;
    pn_calendar calendar;
    pn_gate_query query;
    pn_contact_made history[20];
} setting;

static void begin(setting *s, const char *policy, const char *zone, const char *country,
                  const char *region, pn_channel_kind channel) {
    memset(s, 0, sizeof *s);
    s->policy = pack(policy);
    s->zone = zone_named(zone);
    s->calendar = pn_calendar_for(pn_str_of(country), pn_str_of(region));
    s->query = query_of(s->zone, &s->calendar, channel);
    s->query.about.region = pn_str_of(region);
    s->query.consented = true;
    s->query.creditor_id = s->query.account_id = 1;
    s->query.history = s->history;
}

static pn_contact_made *made(setting *s, pn_channel_kind channel, const char *when) {
    s->history[s->query.history_count] = (pn_contact_made){
        .at = moment(s->zone, when), .channel = channel, .creditor_id = 1, .account_id = 1};
    return &s->history[s->query.history_count++];
}

static const char *ask(setting *s, const char *when) {
    pn_verdict v = pn_gate(s->policy, &s->query, moment(s->zone, when));
    const char *reason = v.answer == PN_GATE_ALLOW ? "" : pn_gate_reason_name(v.reason);
    const char *from = v.answer == PN_GATE_LATER ? moment_text(s->zone, v.at) : "";
    return pn_str_format(&arena, "%s%s%s%s%s", pn_gate_answer_name(v.answer),
                         reason[0] != '\0' ? " " : "", reason, from[0] != '\0' ? " " : "", from)
        .ptr;
}

static void colombia_one_channel_a_week_once_a_day(void **state) {
    (void)state;
    setting s;
    begin(&s, "co", "America/Bogota", "CO", "", PN_CHANNEL_EMAIL);
    made(&s, PN_CHANNEL_EMAIL, "2026-11-03 10:00");
    assert_string_equal(ask(&s, "2026-11-03 15:00"), "later cap 2026-11-04 07:00");
    assert_string_equal(ask(&s, "2026-11-04 10:00"), "allow"); /* the same channel */
    s.query.about.channel = PN_CHANNEL_SMS;
    assert_string_equal(ask(&s, "2026-11-04 10:00"), "later channel_cap 2026-11-10 07:00");
    s.query.about.third_party = true; /* binds both alike */
    assert_string_equal(ask(&s, "2026-11-04 10:00"), "later channel_cap 2026-11-10 07:00");
    s.query.about.person = false; /* and protects consumers */
    assert_string_equal(ask(&s, "2026-11-04 10:00"), "allow");
    s.query.about.person = true;
    s.query.consented = false;
    assert_string_equal(ask(&s, "2026-11-12 10:00"), "never consent");
    s.query.about.channel = PN_CHANNEL_EMAIL;
    assert_string_equal(ask(&s, "2026-11-12 10:00"), "allow");
    assert_string_equal(ask(&s, "2026-12-08 10:00"), "later holiday 2026-12-09 07:00");
    assert_string_equal(ask(&s, "2026-12-05 15:00"), "later hours 2026-12-07 07:00");
}

static void chile_one_call_two_others_two_days_apart(void **state) {
    (void)state;
    setting s;
    begin(&s, "cl", "America/Santiago", "CL", "", PN_CHANNEL_CALL);
    made(&s, PN_CHANNEL_CALL, "2026-11-02 10:00");
    assert_string_equal(ask(&s, "2026-11-07 10:00"), "later cap 2026-11-09 08:00");
    s.query.about.channel = PN_CHANNEL_EMAIL; /* calls are counted apart */
    assert_string_equal(ask(&s, "2026-11-02 15:00"), "allow");
    made(&s, PN_CHANNEL_SMS, "2026-11-03 10:00");
    assert_string_equal(ask(&s, "2026-11-04 15:00"), "later gap 2026-11-05 08:00");
    made(&s, PN_CHANNEL_EMAIL, "2026-11-05 10:00");
    assert_string_equal(ask(&s, "2026-11-07 10:00"), "later cap 2026-11-10 08:00");
    assert_string_equal(ask(&s, "2026-11-10 08:00"), "allow");
    begin(&s, "cl", "America/Santiago", "CL", "", PN_CHANNEL_CALL);
    assert_string_equal(ask(&s, "2026-11-07 19:59"), "allow"); /* a Saturday */
    assert_string_equal(ask(&s, "2026-11-08 10:00"), "later hours 2026-11-09 08:00");
}

static void peru_never_on_weekends(void **state) {
    (void)state;
    setting s;
    begin(&s, "pe", "America/Lima", "PE", "", PN_CHANNEL_CALL);
    assert_string_equal(ask(&s, "2026-11-06 19:59"), "allow");
    assert_string_equal(ask(&s, "2026-11-06 20:00"), "later hours 2026-11-09 07:00");
    assert_string_equal(ask(&s, "2026-11-07 10:00"), "later hours 2026-11-09 07:00");
    assert_string_equal(ask(&s, "2026-12-08 10:00"), "later holiday 2026-12-10 07:00");
}

static void begin_us(setting *s, bool third_party) {
    begin(s, "us", "America/New_York", "US", "NY", PN_CHANNEL_CALL);
    s->query.about.third_party = third_party;
}

static void regulation_f(void **state) {
    (void)state;
    setting s;
    begin_us(&s, true);
    for (int day = 2; day <= 8; day++) {
        made(&s, PN_CHANNEL_CALL, pn_str_format(&arena, "2026-11-%02d 09:00", day).ptr);
    }
    /* seven within seven days, about this debt */
    assert_string_equal(ask(&s, "2026-11-08 18:00"), "later cap 2026-11-09 08:00");
    s.query.account_id = 2;
    assert_string_equal(ask(&s, "2026-11-08 18:00"), "allow");
    s.history[0].account_id = 0; /* of which it is not known what it was about */
    assert_string_equal(ask(&s, "2026-11-08 18:00"), "allow");
    /* seven days after a conversation, whose day is day one: the next call is on day eight */
    begin_us(&s, true);
    made(&s, PN_CHANNEL_CALL, "2026-11-02 17:00")->conversation = true;
    assert_string_equal(ask(&s, "2026-11-08 20:00"), "later after_conversation 2026-11-09 08:00");
    s.query.account_id = 2;
    assert_string_equal(ask(&s, "2026-11-08 20:00"), "allow");
    /* 8 to 21 every day, holidays too; a creditor of its own debts keeps Sundays and holidays */
    begin_us(&s, true);
    assert_string_equal(ask(&s, "2026-11-26 08:00"), "allow"); /* Thanksgiving */
    assert_string_equal(ask(&s, "2026-11-29 20:59"), "allow");
    assert_string_equal(ask(&s, "2026-11-29 21:00"), "later hours 2026-11-30 08:00");
    begin_us(&s, false);
    assert_string_equal(ask(&s, "2026-11-26 10:00"), "later holiday 2026-11-27 08:00");
    assert_string_equal(ask(&s, "2026-11-29 10:00"), "later hours 2026-11-30 08:00");
}

static void consent_and_its_revocation(void **state) {
    (void)state;
    setting s;
    begin_us(&s, true);
    s.query.about.channel = PN_CHANNEL_SMS;
    s.query.consented = false;
    assert_string_equal(ask(&s, "2026-11-09 10:00"), "never consent");
    s.query.consented = true;
    assert_string_equal(ask(&s, "2026-11-09 10:00"), "allow");
    /* revoke-all: from 31 January 2027 who opted out of calls opted out of texts */
    s.query.opted_out_channels = 1U << PN_CHANNEL_CALL;
    assert_string_equal(ask(&s, "2027-01-29 10:00"), "allow");
    assert_string_equal(ask(&s, "2027-01-31 10:00"), "never opt_out");
    /* what would go after that day is refused before it comes */
    assert_string_equal(ask(&s, "2027-01-30 22:00"), "never opt_out");
    s.query.about.channel = PN_CHANNEL_EMAIL;
    assert_string_equal(ask(&s, "2027-02-01 10:00"), "allow");
}

static void massachusetts_two_calls_a_week(void **state) {
    (void)state;
    setting s;
    begin_us(&s, false);
    made(&s, PN_CHANNEL_CALL, "2026-11-02 09:00");
    made(&s, PN_CHANNEL_SMS, "2026-11-03 09:00");
    assert_string_equal(ask(&s, "2026-11-05 10:00"), "allow");
    s.query.about.region = PN_STR("ma");
    assert_string_equal(ask(&s, "2026-11-05 10:00"), "later cap 2026-11-09 08:00");
}

static void regions_have_days_of_their_own(void **state) {
    (void)state;
    setting s;
    begin(&s, "br", "America/Sao_Paulo", "BR", "SP", PN_CHANNEL_EMAIL);
    assert_string_equal(ask(&s, "2026-07-09 10:00"), "later holiday 2026-07-10 08:00");
    assert_string_equal(ask(&s, "2026-07-11 13:59"), "allow"); /* a Saturday */
    begin(&s, "br", "America/Sao_Paulo", "BR", "RJ", PN_CHANNEL_EMAIL);
    assert_string_equal(ask(&s, "2026-07-09 10:00"), "allow");
    begin(&s, "es", "Europe/Madrid", "ES", "CT", PN_CHANNEL_EMAIL);
    assert_string_equal(ask(&s, "2026-09-11 10:00"), "later holiday 2026-09-14 09:00");
    begin(&s, "es", "Europe/Madrid", "ES", "MD", PN_CHANNEL_EMAIL);
    assert_string_equal(ask(&s, "2026-09-11 10:00"), "allow");
}

/* 8:00 is 8:00 of the clocks on both sides of a change, whatever it is in UTC. */
static void opening_hour(const char *policy, const char *zone, const char *country, bool third,
                         const char *day, int utc_hour) {
    setting s;
    begin(&s, policy, zone, country, "", PN_CHANNEL_CALL);
    s.query.about.third_party = third;
    pn_date date = 0;
    assert_int_equal(pn_date_parse_iso(pn_str_of(day), &date), PN_OK);
    pn_time midnight = pn_zone_instant(s.zone, date, 0);
    pn_verdict v = pn_gate(s.policy, &s.query, midnight);
    assert_int_equal(v.answer, PN_GATE_LATER);
    assert_true(v.at == date * PN_DAY + utc_hour * PN_HOUR);
    assert_int_equal(pn_gate(s.policy, &s.query, v.at - 1).answer, PN_GATE_LATER);
}

static void clocks_change(void **state) {
    (void)state;
    opening_hour("us", "America/New_York", "US", true, "2026-03-07", 13);
    opening_hour("us", "America/New_York", "US", true, "2026-03-08", 12); /* 23 hours */
    opening_hour("us", "America/New_York", "US", true, "2026-10-31", 12);
    opening_hour("us", "America/New_York", "US", true, "2026-11-01", 13); /* 25 hours */
    opening_hour("us", "America/Los_Angeles", "US", true, "2027-03-14", 15);
    opening_hour("us", "America/Phoenix", "US", true, "2027-03-14", 15); /* none there */
    opening_hour("es", "Europe/Madrid", "ES", false, "2026-03-27", 8);
    opening_hour("es", "Europe/Madrid", "ES", false, "2026-03-30", 7);
    opening_hour("es", "Europe/Madrid", "ES", false, "2026-10-26", 8);
    opening_hour("cl", "America/Santiago", "CL", false, "2026-04-02", 11);
    opening_hour("cl", "America/Santiago", "CL", false, "2026-04-06", 12);
    opening_hour("cl", "America/Santiago", "CL", false, "2026-09-07", 11);
    opening_hour("br", "America/Sao_Paulo", "BR", false, "2026-11-03", 11);   /* none since 2019 */
    opening_hour("mx", "America/Mexico_City", "MX", false, "2026-04-06", 13); /* none since 2022 */
    opening_hour("mx", "America/Tijuana", "MX", false, "2026-04-06", 14);
}

static const char *day_of(setting *s, const char *day) {
    pn_gate_span spans[4];
    pn_date date = 0;
    assert_int_equal(pn_date_parse_iso(pn_str_of(day), &date), PN_OK);
    size_t count = pn_gate_spans(s->policy, &s->query, date, spans, PN_COUNT(spans));
    const char *text = "";
    for (size_t i = 0; i < count; i++) {
        text = pn_str_format(&arena, "%s%s%s–%s", text, i == 0 ? "" : ", ",
                             moment_text(s->zone, spans[i].from) + 11,
                             moment_text(s->zone, spans[i].to) + 11)
                   .ptr;
    }
    return text;
}

static void travellers(void **state) {
    (void)state;
    setting s;
    begin(&s, "mx", "America/Mexico_City", "MX", "", PN_CHANNEL_EMAIL);
    s.query.zones[s.query.zone_count++] = zone_named("America/Tijuana");
    assert_string_equal(day_of(&s, "2026-03-04"), "09:00–22:00");
    assert_string_equal(day_of(&s, "2026-03-10"), "08:00–22:00"); /* Baja follows California */
    assert_string_equal(ask(&s, "2026-03-04 08:59"), "later hours 2026-03-04 09:00");
    begin(&s, "es", "Europe/Madrid", "ES", "MD", PN_CHANNEL_CALL);
    s.query.zones[s.query.zone_count++] = zone_named("Atlantic/Canary");
    assert_string_equal(day_of(&s, "2026-03-04"), "10:00–21:00");
    begin_us(&s, true);
    s.query.zones[s.query.zone_count++] = zone_named("America/Los_Angeles");
    assert_string_equal(day_of(&s, "2026-03-08"), "11:00–21:00");
    s.query.zones[s.query.zone_count++] = zone_named("Pacific/Honolulu");
    assert_string_equal(day_of(&s, "2026-03-07"), "13:00–21:00");
    assert_string_equal(day_of(&s, "2026-03-09"), "14:00–21:00");
    /* a day in Tokyo has no hour in common with one in New York but late ones */
    begin_us(&s, true);
    s.query.zones[s.query.zone_count++] = zone_named("Asia/Tokyo");
    assert_string_equal(day_of(&s, "2026-03-07"), "18:00–21:00");
}

static void the_protected_are_treated_as_said(void **state) {
    (void)state;
    setting s;
    begin_us(&s, true);
    s.query.about.channel = PN_CHANNEL_EMAIL;
    s.query.protections = 1U << PN_PROTECT_ATTORNEY;
    assert_string_equal(ask(&s, "2026-11-09 10:00"), "never protected");
    s.query.to_representative = true;
    assert_string_equal(ask(&s, "2026-11-09 10:00"), "allow");
    s.query.protections |= 1U << PN_PROTECT_BANKRUPTCY; /* the strictest decides */
    assert_string_equal(ask(&s, "2026-11-09 10:00"), "never protected");
    pn_verdict v = pn_gate(s.policy, &s.query, moment(s.zone, "2026-11-09 10:00"));
    assert_str(v.detail, "bankruptcy");
    assert_int_equal(v.treatment, PN_TREAT_NEVER);
    s.query.about.purpose = PN_PURPOSE_SERVICE;
    assert_string_equal(ask(&s, "2026-11-09 10:00"), "allow");
    begin(&s, "es", "Europe/Madrid", "ES", "MD", PN_CHANNEL_EMAIL);
    s.query.protections = 1U << PN_PROTECT_CEASE;
    v = pn_gate(s.policy, &s.query, moment(s.zone, "2026-11-10 10:00"));
    assert_int_equal(v.treatment, PN_TREAT_ONLY);
    pn_buf words;
    pn_buf_init(&words, 1000);
    pn_gate_explain(&v, s.policy, s.zone, PN_STR("es"), &words);
    assert_true(pn_str_starts(pn_buf_str(&words),
                              PN_STR("No: pidió por escrito que no se le contacte, y este medio no "
                                     "está entre los que quedan. [es 2026-11, ")));
    pn_buf_done(&words);
    s.query.about.channel = PN_CHANNEL_LETTER;
    assert_string_equal(ask(&s, "2026-11-10 10:00"), "allow");
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define LAW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        LAW(colombia_one_channel_a_week_once_a_day),
        LAW(chile_one_call_two_others_two_days_apart),
        LAW(peru_never_on_weekends),
        LAW(regulation_f),
        LAW(consent_and_its_revocation),
        LAW(massachusetts_two_calls_a_week),
        LAW(regions_have_days_of_their_own),
        LAW(clocks_change),
        LAW(travellers),
        LAW(the_protected_are_treated_as_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
