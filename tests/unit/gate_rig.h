/* Shared by the tests of policies and the gate: packs of share/policies, zones, moments. */
#ifndef PN_TESTS_GATE_RIG_H
#define PN_TESTS_GATE_RIG_H

#include "json.h"

#include "core/gate.h"

/* The beginning of a policy, for json_of. */
#define POLICY "{'puntual':1,'kind':'policy','name':'n','version':'1'"

static pn_arena arena;
static pn_diag diag;

static inline int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    return 0;
}

static inline int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    return 0;
}

static inline const pn_policy *pack(const char *name) {
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

static inline const pn_zone *zone_named(const char *name) {
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
static inline pn_time moment(const pn_zone *zone, const char *when) {
    pn_date date = 0;
    int hour = 0, minute = 0;
    assert_int_equal(pn_date_parse_iso((pn_str){when, 10}, &date), PN_OK);
    assert_int_equal(sscanf(when + 10, " %d:%d", &hour, &minute), 2);
    return pn_zone_instant(zone, date, hour * 3600 + minute * 60);
}

static inline const char *moment_text(const pn_zone *zone, pn_time at) {
    if (at == PN_TIME_NEVER) {
        return "never";
    }
    pn_local local = pn_zone_local(zone, at);
    char day[PN_DATE_ISO_SIZE];
    return pn_str_format(&arena, "%s %02d:%02d", pn_date_iso(local.date, day), local.second / 3600,
                         local.second / 60 % 60)
        .ptr;
}

static inline pn_gate_query query_of(const pn_zone *zone, const pn_calendar *calendar,
                                     pn_channel_kind channel) {
    return (pn_gate_query){.about = {.channel = channel, .person = true},
                           .zones = {zone},
                           .zone_count = 1,
                           .calendar = calendar,
                           .claimable = {100000, {"EUR"}}};
}

static inline const pn_policy *policy_of(const char *text) {
    const pn_policy *policy = NULL;
    if (pn_policy_parse(json_of(&arena, text), &arena, &policy, &diag) != PN_OK) {
        print_error("%s\n%s: %s\n", text, diag.where, diag.what);
        fail();
    }
    return policy;
}

#endif
