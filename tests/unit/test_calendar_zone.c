/* Time zones. Most tests compare with libc over /usr/share/zoneinfo (package tzdata) and skip,
 * saying so, where that is absent. */
#define _GNU_SOURCE
#include "unit.h"

#include <dirent.h>
#include <time.h>

#include "base/hash.h"
#include "calendar/zone.h"

static pn_arena arena;

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

/* Equal seeds give equal numbers, so a failure repeats. */
static uint64_t random_next(uint64_t *seed) {
    *seed += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = *seed;
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static pn_str iso(pn_date date) {
    static char text[PN_DATE_ISO_SIZE];
    return pn_str_of(pn_date_iso(date, text));
}

static pn_date day(const char *text) {
    pn_date date = PN_DATE_NONE;
    if (pn_date_parse_iso(pn_str_of(text), &date) != PN_OK) {
        fail_msg("%s is no date", text);
    }
    return date;
}

/* ── zones ── */

#define ZONES "/usr/share/zoneinfo"

static void zones_or_skip(void) {
    FILE *probe = fopen(ZONES "/Europe/Madrid", "rb");
    if (probe == NULL) {
        print_message("skipped: " ZONES " is not on this machine (apt install tzdata)\n");
        skip();
    }
    (void)fclose(probe);
}

static const pn_zone *zone_of(const char *name) {
    char path[1024];
    (void)snprintf(path, sizeof path, ZONES "/%s", name);
    const pn_zone *zone = NULL;
    pn_diag diag;
    if (pn_zone_parse(file_read(&arena, path), pn_str_of(name), &arena, &zone, &diag) != PN_OK) {
        fail_msg("%s: %s", name, diag.what);
    }
    return zone;
}

static void set_libc_zone(const char *name) {
    (void)setenv("TZ", name, 1);
    tzset();
}

/* Seconds since 1970 that libc's wall clock shows, as if it were UTC. */
static int64_t libc_wall(int64_t second) {
    time_t at = (time_t)second;
    struct tm tm;
    (void)localtime_r(&at, &tm);
    return second + tm.tm_gmtoff;
}

static void compare_instant(const pn_zone *zone, int64_t second) {
    int64_t wall = libc_wall(second);
    pn_local local = pn_zone_local(zone, second * PN_SECOND);
    if (local.date * INT64_C(86400) + local.second != wall || local.second < 0 ||
        local.second >= 86400 || pn_zone_offset(zone, second * PN_SECOND) != wall - second) {
        fail_msg("%.*s at %lld: %d, libc says %lld", PN_STR_ARG(pn_zone_name(zone)),
                 (long long)second, pn_zone_offset(zone, second * PN_SECOND),
                 (long long)(wall - second));
    }
}

/* The instant we give shows the wanted time and none earlier does; or, in a gap, it is the first
 * that shows a later one. All judged by libc. */
static void compare_wall(const pn_zone *zone, int64_t wall) {
    pn_date date = (pn_date)(wall / 86400 - (wall % 86400 < 0));
    int32_t of_day = (int32_t)(wall - date * INT64_C(86400));
    pn_time at = pn_zone_instant(zone, date, of_day);
    int64_t second = at / PN_SECOND;
    bool right = at % PN_SECOND == 0;
    if (libc_wall(second) == wall) {
        /* Any earlier instant with this wall time has an offset that is in force nearby. */
        for (int64_t near = second - 26 * 3600; near < second; near += 900) {
            int64_t other = wall - (libc_wall(near) - near);
            right = right && !(other < second && libc_wall(other) == wall);
        }
        struct tm tm = {.tm_year = 70, .tm_mday = 1, .tm_isdst = -1};
        pn_civil civil = pn_date_civil(date);
        tm.tm_year = civil.year - 1900;
        tm.tm_mon = civil.month - 1;
        tm.tm_mday = civil.day;
        tm.tm_hour = of_day / 3600;
        tm.tm_min = of_day / 60 % 60;
        tm.tm_sec = of_day % 60;
        int64_t made = mktime(&tm); /* one of the two, where there are two */
        right = right && (made == second || libc_wall(made) == wall);
    } else {
        right = right && libc_wall(second) > wall && libc_wall(second - 1) < wall;
    }
    if (!right) {
        fail_msg("%.*s: wall %s %d gives %lld", PN_STR_ARG(pn_zone_name(zone)), iso(date).ptr,
                 of_day, (long long)at);
    }
}

enum { RANDOM_INSTANTS = TRIES(500, 100), RANDOM_WALLS = TRIES(20, 5) };
enum { DAYS_APART = TRIES(5, 25), CHANGES_APART = TRIES(8, 64) };

static void compare_zone(const char *name, uint64_t seed) {
    const int64_t from = 0, to = pn_date_of(2101, 1, 1) * INT64_C(86400);
    const pn_zone *zone = zone_of(name);
    set_libc_zone(name);
    for (int i = 0; i < RANDOM_INSTANTS; i++) {
        compare_instant(zone, from + (int64_t)(random_next(&seed) % (uint64_t)(to - from)));
    }
    for (int i = 0; i < RANDOM_WALLS; i++) {
        compare_wall(zone, 86400 * 2 + (int64_t)(random_next(&seed) % (uint64_t)(to - from)));
    }
    unsigned changes = 0;
    for (pn_time at = pn_zone_next_change(zone, from * PN_SECOND - 1); at < to * PN_SECOND;
         at = pn_zone_next_change(zone, at)) {
        int64_t second = at / PN_SECOND;
        compare_instant(zone, second);
        compare_instant(zone, second - 1);
        assert_int_not_equal(libc_wall(second) - libc_wall(second - 1), 1);
        if (changes++ % CHANGES_APART == 0) { /* each costs a hundred calls of libc */
            for (int64_t wall = libc_wall(second - 1) - 3599; wall <= libc_wall(second) + 3600;
                 wall += 1800) {
                compare_wall(zone, wall);
            }
        }
    }
    /* No change that we miss: equal at both ends of what we take for a period without one. */
    for (int64_t second = from; second < to; second += 86400 * DAYS_APART) {
        compare_instant(zone, second);
    }
}

static size_t compare_folder(const char *folder, size_t depth) {
    char path[1024];
    (void)snprintf(path, sizeof path, ZONES "/%s", folder);
    DIR *dir = opendir(path);
    size_t count = 0;
    if (dir == NULL || depth > 3) {
        return 0;
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char name[1024];
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "posix") == 0 ||
            strcmp(entry->d_name, "right") == 0) {
            continue;
        }
        (void)snprintf(name, sizeof name, "%s%s%s", folder, folder[0] == '\0' ? "" : "/",
                       entry->d_name);
        (void)snprintf(path, sizeof path, ZONES "/%s", name);
        DIR *sub = opendir(path);
        if (sub != NULL) {
            (void)closedir(sub);
            count += compare_folder(name, depth + 1);
            continue;
        }
        pn_arena_mark mark = pn_arena_marked(&arena);
        if (pn_str_starts(file_read(&arena, path), PN_STR("TZif"))) {
            compare_zone(name, pn_hash64(name, strlen(name), 0));
            count++;
        }
        pn_arena_rewind(&arena, mark);
    }
    (void)closedir(dir);
    return count;
}

static void every_zone_agrees_with_libc(void **state) {
    (void)state;
    zones_or_skip();
    size_t count = compare_folder("", 0);
    print_message("%zu zones compared with libc, 1970 to 2100\n", count);
    assert_true(count > 300);
}

static pn_time utc(const char *date, int32_t second) {
    return pn_zone_instant(pn_zone_utc(), day(date), second);
}

static void known_nights_are_right(void **state) {
    (void)state;
    zones_or_skip();
    const int32_t hour = 3600;
    const pn_zone *madrid = zone_of("Europe/Madrid");
    assert_true(pn_zone_instant(madrid, day("2026-03-29"), 2 * hour + 1800) ==
                utc("2026-03-29", hour));
    assert_true(pn_zone_instant(madrid, day("2026-10-25"), 2 * hour + 1800) ==
                utc("2026-10-25", 1800));
    assert_true(pn_zone_next_change(madrid, utc("2026-03-29", hour)) == utc("2026-10-25", hour));
    assert_str(iso(pn_zone_date(madrid, utc("2026-07-01", 22 * hour))), "2026-07-02");

    const pn_zone *mexico = zone_of("America/Mexico_City");
    assert_int_equal(pn_zone_offset(mexico, utc("2022-07-15", 0)), -5 * hour);
    assert_int_equal(pn_zone_offset(mexico, utc("2024-07-15", 0)), -6 * hour);
    assert_true(pn_zone_next_change(mexico, utc("2022-11-01", 0)) == PN_TIME_NEVER);

    /* Chile changes at midnight: that day begins at one. */
    const pn_zone *chile = zone_of("America/Santiago");
    assert_true(pn_zone_instant(chile, day("2026-09-06"), 0) == utc("2026-09-06", 4 * hour));
    assert_int_equal(pn_zone_local(chile, utc("2026-09-06", 4 * hour)).second, hour);
    assert_int_equal(pn_zone_offset(chile, utc("2026-07-01", 0)), -4 * hour);
    assert_int_equal(pn_zone_offset(chile, utc("2026-12-01", 0)), -3 * hour);

    const pn_zone *brazil = zone_of("America/Sao_Paulo");
    assert_int_equal(pn_zone_offset(brazil, utc("2019-01-15", 0)), -2 * hour);
    assert_int_equal(pn_zone_offset(brazil, utc("2020-01-15", 0)), -3 * hour);
    assert_true(pn_zone_next_change(brazil, utc("2019-03-01", 0)) == PN_TIME_NEVER);
}

static void utc_needs_no_file(void **state) {
    (void)state;
    const pn_zone *zone = pn_zone_utc();
    assert_str(pn_zone_name(zone), "UTC");
    assert_int_equal(pn_zone_offset(zone, 0), 0);
    assert_true(pn_zone_next_change(zone, PN_TIME_NONE) == PN_TIME_NEVER);
    assert_true(pn_zone_instant(zone, 1, 86400) == 2 * PN_DAY);
    assert_int_equal(pn_zone_local(zone, -1).date, -1);
    assert_int_equal(pn_zone_local(zone, -1).second, 86399);
    (void)pn_zone_local(zone, PN_TIME_NEVER);
    (void)pn_zone_local(zone, PN_TIME_NONE);
}

static void leap_seconds_are_taken_out(void **state) {
    (void)state;
    zones_or_skip();
    FILE *probe = fopen(ZONES "/right/Europe/Madrid", "rb");
    if (probe == NULL) {
        print_message("skipped: no right/ zones on this machine\n");
        skip();
    }
    (void)fclose(probe);
    const pn_zone *plain = zone_of("Europe/Madrid"), *right = zone_of("right/Europe/Madrid");
    /* A right/ file ends where leap seconds are known, and has no rule. */
    unsigned changes = 0;
    for (pn_time at = 0; pn_zone_next_change(right, at) != PN_TIME_NEVER; changes++) {
        assert_true(pn_zone_next_change(right, at) == pn_zone_next_change(plain, at));
        at = pn_zone_next_change(plain, at);
    }
    assert_true(changes > 80);
}

/* ── hand-made TZif ── */

static void add_be(pn_buf *buf, int64_t value, unsigned bytes) {
    while (bytes-- > 0) {
        pn_buf_add_char(buf, (char)((uint64_t)value >> (8 * bytes) & 0xFF));
    }
}

/* A file of the given version: one empty first block, then `count` transitions between the offsets,
 * the first of which holds before them. */
static pn_str tzif(char version, const int64_t *times, const int32_t *offsets, size_t count,
                   const char *footer) {
    pn_buf buf;
    pn_buf_init(&buf, 100000);
    for (unsigned part = version == '\0' ? 1 : 0; part < 2; part++) {
        size_t transitions = part == 0 ? 0 : count;
        pn_buf_add_lit(&buf, "TZif");
        pn_buf_add_char(&buf, version);
        add_be(&buf, 0, 8);
        add_be(&buf, 0, 7);
        const int64_t counts[] = {0, 0, 0, (int64_t)transitions, (int64_t)transitions + 1, 4};
        for (size_t i = 0; i < PN_COUNT(counts); i++) {
            add_be(&buf, counts[i], 4);
        }
        for (size_t i = 0; i < transitions; i++) {
            add_be(&buf, times[i], version == '\0' ? 4 : 8);
        }
        for (size_t i = 0; i < transitions; i++) {
            add_be(&buf, (int64_t)i + 1, 1);
        }
        for (size_t i = 0; i <= transitions; i++) {
            add_be(&buf, offsets[i], 4);
            add_be(&buf, 0, 2);
        }
        add_be(&buf, 0x41424300, 4);
    }
    if (version != '\0') {
        pn_buf_add_format(&buf, "\n%s\n", footer);
    }
    pn_str bytes = pn_str_dup(&arena, pn_buf_str(&buf));
    pn_buf_done(&buf);
    return bytes;
}

static const pn_zone *zone_by_rule(const char *footer) {
    const int32_t offset = 0;
    const pn_zone *zone = NULL;
    pn_diag diag;
    if (pn_zone_parse(tzif('3', NULL, &offset, 0, footer), pn_str_of(footer), &arena, &zone,
                      &diag) != PN_OK) {
        fail_msg("%s: %s", footer, diag.what);
    }
    return zone;
}

/* libc understands the same texts in TZ, so it can judge them. */
static void footers_agree_with_libc(void **state) {
    (void)state;
    static const char *const FOOTERS[] = {
        "UTC0",
        "<-03>3",
        "<+0545>-5:45",
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "<-04>4<-03>,M9.1.6/24,M4.1.6/24",
        "EST5EDT,M3.2.0,M11.1.0",
        "AEST-10AEDT,M10.1.0,M4.1.0/3",
        "WGT3WGST,M3.5.0/-2,M10.5.0/-1",
        "IST-2IDT,M3.4.4/26,M10.5.0",
        "<+0330>-3:30<+0430>,J79/24,J263/24",
        "AAA3BBB,J60,J300/1:30:15",
        "AAA3BBB,59,299",
        "AAA3BBB,J59/23,J61",
        "LHST-10:30LHDT-11,M10.1.0,M4.1.0",
        "NST3:30NDT,M3.2.0/0:01,M11.1.0/0:01",
        "AAA-14BBB-12,M2.5.2/167,M8.1.3/-167",
        "IST-1GMT0,M10.5.0,M3.5.0/1",
    };
    for (size_t i = 0; i < PN_COUNT(FOOTERS); i++) {
        const pn_zone *zone = zone_by_rule(FOOTERS[i]);
        set_libc_zone(FOOTERS[i]);
        for (int64_t second = 0; second < INT64_C(86400) * 366 * 500; second += 3600 * 37) {
            compare_instant(zone, second);
        }
        for (pn_time at = pn_zone_next_change(zone, 0); at < utc("2120-01-01", 0);
             at = pn_zone_next_change(zone, at)) {
            compare_instant(zone, at / PN_SECOND);
            compare_instant(zone, at / PN_SECOND - 1);
            compare_wall(zone, libc_wall(at / PN_SECOND));
            compare_wall(zone, libc_wall(at / PN_SECOND - 1) + 1);
        }
    }
}

static void rules_hold_for_ever(void **state) {
    (void)state;
    static const pn_time cycle = 146097 * PN_DAY;
    const int32_t hour = 3600;
    const pn_zone *all_year = zone_by_rule("EST5EDT,0/0,J365/25");
    assert_int_equal(pn_zone_offset(all_year, utc("2026-01-01", 5 * hour)), -4 * hour);
    assert_int_equal(pn_zone_offset(all_year, utc("2026-07-01", 0)), -4 * hour);
    assert_int_equal(pn_zone_offset(all_year, utc("9000-01-01", 5 * hour)), -4 * hour);
    assert_int_equal(pn_zone_offset(zone_by_rule("AAA0BBB,J100/0,J100/1"), utc("2026-04-10", 0)),
                     0);
    const pn_zone *usual = zone_by_rule("EST5EDT");
    assert_int_equal(pn_zone_offset(usual, utc("2026-03-08", 7 * hour - 1)), -5 * hour);
    assert_int_equal(pn_zone_offset(usual, utc("2026-03-08", 7 * hour)), -4 * hour);

    const int64_t times[] = {1000000000, 1100000000};
    const int32_t offsets[] = {-hour, 0, hour};
    const pn_zone *zone = NULL;
    assert_int_equal(pn_zone_parse(tzif('4', times, offsets, 2, "CET-1CEST,M3.5.0,M10.5.0/3"),
                                   PN_STR("made"), &arena, &zone, NULL),
                     PN_OK);
    assert_int_equal(pn_zone_offset(zone, -PN_DAY * 40000), -hour);
    assert_int_equal(pn_zone_offset(zone, 999999999 * PN_SECOND), -hour);
    assert_int_equal(pn_zone_offset(zone, 1000000000 * PN_SECOND), 0);
    uint64_t seed = 7;
    for (int i = 0; i < 20000; i++) {
        pn_time at = utc("2010-01-01", 0) + (pn_time)(random_next(&seed) % (uint64_t)cycle);
        for (int64_t n = 1; n < 700; n += 233) {
            assert_int_equal(pn_zone_offset(zone, at + n * cycle), pn_zone_offset(zone, at));
            assert_true(pn_zone_next_change(zone, at + n * cycle) ==
                        pn_zone_next_change(zone, at) + n * cycle);
        }
        pn_local local = pn_zone_local(zone, at);
        pn_time back = pn_zone_instant(zone, local.date, local.second);
        assert_true(back == at - at % PN_SECOND || back == at - at % PN_SECOND - hour * PN_SECOND);
        assert_true(pn_zone_instant(zone, local.date + 7 * 146097, local.second) ==
                    back + 7 * cycle);
    }
    assert_true(pn_zone_next_change(zone, PN_TIME_NEVER) == PN_TIME_NEVER);
    assert_true(pn_zone_next_change(zone, PN_TIME_NONE) == 1000000000 * PN_SECOND);
    (void)pn_zone_local(zone, PN_TIME_NEVER);
}

static void the_first_version_has_no_rule(void **state) {
    (void)state;
    const int64_t times[] = {-86400, 86400};
    const int32_t offsets[] = {100, 200, -300};
    const pn_zone *zone = NULL;
    assert_int_equal(
        pn_zone_parse(tzif('\0', times, offsets, 2, ""), PN_STR("old"), &arena, &zone, NULL),
        PN_OK);
    assert_int_equal(pn_zone_offset(zone, -PN_DAY - 1), 100);
    assert_int_equal(pn_zone_offset(zone, -PN_DAY), 200);
    assert_int_equal(pn_zone_offset(zone, PN_DAY - 1), 200);
    assert_int_equal(pn_zone_offset(zone, utc("9999-01-01", 0)), -300);
}

/* Ten o'clock to noon is skipped, and shown all the same after the clock goes back three hours. */
static void a_skipped_time_may_come_later(void **state) {
    (void)state;
    const int64_t times[] = {10 * 3600, 11 * 3600};
    const int32_t offsets[] = {0, 2 * 3600, -3600};
    const pn_zone *zone = NULL;
    assert_int_equal(
        pn_zone_parse(tzif('\0', times, offsets, 2, ""), PN_STR("to and fro"), &arena, &zone, NULL),
        PN_OK);
    assert_true(pn_zone_instant(zone, 0, 9 * 3600) == 9 * PN_HOUR);
    assert_true(pn_zone_instant(zone, 0, 10 * 3600) == 11 * PN_HOUR);
    assert_true(pn_zone_instant(zone, 0, 12 * 3600) == 10 * PN_HOUR);
    assert_true(pn_zone_instant(zone, 0, 13 * 3600) == 14 * PN_HOUR);
}

static void bad_files_are_refused(void **state) {
    (void)state;
    static const char *const FOOTERS[] = {
        "CE-1",
        "CET",
        "CET-25",
        "<+0>0",
        "CET-1CEST,M3.5.0",
        "<+03-3",
        "CET-1x",
        "CET-1CEST,M13.1.0,M1.1.0",
        "CET-1CEST,M3.6.0,M1.1.0",
        "CET-1:60",
        "CET-1CEST,J0,J1",
        "CET-1CEST,366,1",
        "CET-1CEST,1/168,2",
        "CET-1CEST,1,2,",
        "CET-1CEST,M3.5.7,M1.1.0",
        "CET--1",
        "CET-1CEST,,",
    };
    const int64_t twice[] = {5, 5}, late[] = {INT64_C(300000000000)};
    const int32_t offset[] = {0, 1, 2}, far[] = {26 * 3600, 0};
    const pn_zone *zone = NULL;
    pn_diag diag;
    for (size_t i = 0; i < PN_COUNT(FOOTERS); i++) {
        if (pn_zone_parse(tzif('3', NULL, offset, 0, FOOTERS[i]), PN_STR("x"), &arena, &zone,
                          &diag) != PN_CORRUPT) {
            fail_msg("%s is taken for a rule", FOOTERS[i]);
        }
    }
    const pn_str bad[] = {
        PN_STR_NONE,
        PN_STR("TZif"),
        PN_STR("not a zone, but long enough to be one: 44 bytes and more"),
        tzif('2', twice, offset, 2, ""),
        tzif('2', late, offset, 1, ""),
        tzif('2', NULL, far, 0, ""),
    };
    for (size_t i = 0; i < PN_COUNT(bad); i++) {
        assert_int_equal(pn_zone_parse(bad[i], PN_STR("x"), &arena, &zone, &diag), PN_CORRUPT);
        assert_non_null(strstr(diag.what, "The time zone file of x "));
    }
    assert_null(zone);
}

static void look_around(const pn_zone *zone, uint64_t *seed) {
    for (int i = 0; i < 20; i++) {
        pn_time at = (pn_time)(random_next(seed) >> (random_next(seed) % 40));
        (void)pn_zone_local(zone, at);
        pn_time change = pn_zone_next_change(zone, at);
        assert_true(change > at || change == PN_TIME_NEVER);
        pn_date date = (pn_date)(random_next(seed) % 3000000) - 100000;
        (void)pn_zone_instant(zone, date, (int32_t)(random_next(seed) % 86400));
    }
}

static void hostile_bytes_do_no_harm(void **state) {
    (void)state;
    zones_or_skip();
    pn_str whole = file_read(&arena, ZONES "/Europe/Madrid");
    const pn_zone *zone = NULL;
    for (size_t len = 0; len < whole.len; len++) {
        /* An allocation of exactly this size lets the sanitizer see any byte read too far. */
        char *exact = malloc(len == 0 ? 1 : len);
        assert_non_null(exact);
        memcpy(exact, whole.ptr, len);
        pn_arena_mark mark = pn_arena_marked(&arena);
        assert_int_not_equal(
            pn_zone_parse((pn_str){exact, len}, PN_STR("cut"), &arena, &zone, NULL), PN_OK);
        pn_arena_rewind(&arena, mark);
        free(exact);
    }
    uint64_t seed = 1;
    for (int i = 0; i < 5000; i++) {
        pn_arena_mark mark = pn_arena_marked(&arena);
        char *copy = pn_arena_copy(&arena, whole.ptr, whole.len);
        for (uint64_t n = random_next(&seed) % 4 + 1; n > 0; n--) {
            copy[random_next(&seed) % whole.len] = (char)random_next(&seed);
        }
        if (pn_zone_parse((pn_str){copy, whole.len}, PN_STR("hurt"), &arena, &zone, NULL) ==
            PN_OK) {
            look_around(zone, &seed);
        }
        pn_arena_rewind(&arena, mark);
    }
}

static void countries_have_zones(void **state) {
    (void)state;
    assert_str(pn_zone_of_country(PN_STR("ES"), PN_STR_NONE), "Europe/Madrid");
    assert_str(pn_zone_of_country(PN_STR("es"), PN_STR("cn")), "Atlantic/Canary");
    assert_str(pn_zone_of_country(PN_STR("ES"), PN_STR("TF")), "Atlantic/Canary");
    assert_str(pn_zone_of_country(PN_STR("ES"), PN_STR("MD")), "Europe/Madrid");
    assert_str(pn_zone_of_country(PN_STR("MX"), PN_STR("BCN")), "America/Tijuana");
    assert_str(pn_zone_of_country(PN_STR("MX"), PN_STR("CMX")), "America/Mexico_City");
    assert_str(pn_zone_of_country(PN_STR("BR"), PN_STR("AM")), "America/Manaus");
    assert_str(pn_zone_of_country(PN_STR("US"), PN_STR("CA")), "America/Los_Angeles");
    assert_str(pn_zone_of_country(PN_STR("US"), PN_STR_NONE), "America/New_York");
    assert_str(pn_zone_of_country(PN_STR("XK"), PN_STR_NONE), "Europe/Belgrade");
    assert_str(pn_zone_of_country(PN_STR("ZZ"), PN_STR_NONE), "");
    assert_str(pn_zone_of_country(PN_STR(""), PN_STR_NONE), "");
    zones_or_skip();
    for (char a = 'A'; a <= 'Z'; a++) {
        for (char b = 'A'; b <= 'Z'; b++) {
            const char code[] = {a, b, '\0'};
            pn_str name = pn_zone_of_country(pn_str_of(code), PN_STR_NONE);
            if (name.len != 0) {
                (void)zone_of(name.ptr);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_zone_agrees_with_libc, set_up, tear_down),
        cmocka_unit_test_setup_teardown(known_nights_are_right, set_up, tear_down),
        cmocka_unit_test(utc_needs_no_file),
        cmocka_unit_test_setup_teardown(leap_seconds_are_taken_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(footers_agree_with_libc, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rules_hold_for_ever, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_version_has_no_rule, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_skipped_time_may_come_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_files_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hostile_bytes_do_no_harm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(countries_have_zones, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
