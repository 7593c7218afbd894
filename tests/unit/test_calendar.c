/* Dates and business days. */
#include "unit.h"

#include "base/json.h"
#include "calendar/business.h"

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

/* ── dates ── */

static void every_day_agrees_with_counting(void **state) {
    (void)state;
    static const unsigned MONTH_DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    pn_date date = PN_DATE_FIRST;
    unsigned weekday = 0;
    for (int32_t year = 1; year <= 9999; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (unsigned month = 1; month <= 12; month++) {
            unsigned days = MONTH_DAYS[month - 1] + (month == 2 && leap);
            for (unsigned d = 1; d <= days; d++, date++, weekday = (weekday + 1) % 7) {
                pn_civil civil = pn_date_civil(date);
                if (civil.year != year || civil.month != month || civil.day != d ||
                    pn_date_of(year, month, d) != date || pn_date_weekday(date) != weekday) {
                    fail_msg("%d-%u-%u is wrong", year, month, d);
                }
            }
            if (pn_month_days(year, month) != days || pn_civil_valid(year, month, days + 1) ||
                pn_date_month_end(date - 2) != date - 1) {
                fail_msg("the end of %d-%u is wrong", year, month);
            }
        }
    }
    assert_int_equal(date, PN_DATE_LAST + 1);
    assert_int_equal(pn_date_of(1970, 1, 1), 0);
    assert_int_equal(pn_date_weekday(0), 3);
    assert_int_equal(pn_date_weekday(INT32_MAX), (INT32_MAX % 7 + 3) % 7);
}

static void months_are_added_within_the_month(void **state) {
    (void)state;
    assert_str(iso(pn_date_add_months(day("2026-01-31"), 1)), "2026-02-28");
    assert_str(iso(pn_date_add_months(day("2024-01-31"), 1)), "2024-02-29");
    assert_str(iso(pn_date_add_months(day("2026-03-31"), -1)), "2026-02-28");
    assert_str(iso(pn_date_add_months(day("2026-01-15"), -13)), "2024-12-15");
    assert_str(iso(pn_date_add_months(day("2026-12-15"), 12)), "2027-12-15");
    assert_int_equal(pn_date_add_months(day("2026-12-15"), INT32_MAX), PN_DATE_LAST);
    assert_int_equal(pn_date_add_months(day("2026-12-15"), INT32_MIN), PN_DATE_FIRST);
    assert_str(iso(pn_date_month_end(day("2028-02-01"))), "2028-02-29");
}

static void iso_is_read_strictly(void **state) {
    (void)state;
    static const char *const BAD[] = {"",           "2026-1-05",   "2026-02-29", "2026-13-01",
                                      "2026-00-01", "2026-01-00",  "0000-01-01", "26-01-01",
                                      "2026/01/01", "2026-01-05 ", "+026-01-01", "2026-01-0a"};
    pn_date date = PN_DATE_NONE;
    for (size_t i = 0; i < PN_COUNT(BAD); i++) {
        assert_int_equal(pn_date_parse_iso(pn_str_of(BAD[i]), &date), PN_INVALID);
    }
    assert_int_equal(date, PN_DATE_NONE);
    assert_int_equal(day("0001-01-01"), PN_DATE_FIRST);
    assert_int_equal(day("9999-12-31"), PN_DATE_LAST);
    assert_str(iso(PN_DATE_NONE), "-");
}

typedef struct {
    const char *text, *format, *expected; /* NULL: refused */
} format_case;

static void dates_are_read_by_format(void **state) {
    (void)state;
    static const format_case CASES[] = {
        {"2024-01-05", "YYYY-MM-DD", "2024-01-05"},
        {"3/14/2011", "M/D/YYYY", "2011-03-14"},
        {"24-Mar-11", "D-MMM-YY", "2011-03-24"},
        {"24-MAR.-11", "D-MMM-YY", "2011-03-24"},
        {"5-ene-2024", "D-MMM-YYYY", "2024-01-05"},
        {"05-dez-69", "D-MMM-YY", "1969-12-05"},
        {"05-dic-68", "D-MMM-YY", "2068-12-05"},
        {"1 sept. 2020", "D MMM YYYY", "2020-09-01"},
        {"3 de marzo de 2026", "D de MMMM de YYYY", "2026-03-03"},
        {"3 DE MARÇO DE 2026", "D de MMMM de YYYY", "2026-03-03"},
        {"March 3, 2026", "MMMM D, YYYY", "2026-03-03"},
        {"20240105", "YYYYMMDD", "2024-01-05"},
        {"240105", "YYMMDD", "2024-01-05"},
        {"01.02.2024", "DD.MM.YYYY", "2024-02-01"},
        {"  1/2/2024\t", "D/M/YYYY", "2024-02-01"},
        {"2024-01-05 00:00:00", "YYYY-MM-DD", "2024-01-05"},
        {"2024-01-05T00:00:00Z", "YYYY-MM-DD", "2024-01-05"},
        {"2024-01-05T23:59:59.123456+02:00", "YYYY-MM-DD", "2024-01-05"},
        {"5/1/2024 9:05 p. m.", "D/M/YYYY", "2024-01-05"},
        {"1/5/2024 12:00:00 AM", "M/D/YYYY", "2024-01-05"},
        {"05/01/2024 07:30", "DD/MM/YYYY HH:mm", "2024-01-05"},
        {"07:30:15 05/01/2024", "HH:mm:ss DD/MM/YYYY", "2024-01-05"},
        {"1/2/2024", "DD/MM/YYYY", NULL},
        {"2024-02-30", "YYYY-MM-DD", NULL},
        {"2024-01-05x", "YYYY-MM-DD", NULL},
        {"2024-01-05 1", "YYYY-MM-DD", NULL},
        {"2024-01-05T00:00:00ZZ", "YYYY-MM-DD", NULL},
        {"3 de marzoo de 2026", "D de MMMM de YYYY", NULL},
        {"24-Marzo-11", "D-MMM-YY", NULL},
        {"0000-01-05", "YYYY-MM-DD", NULL},
        {"", "D/M/YYYY", NULL},
        {"5/1/2024", "D/M", NULL},
        {"5/1/2024", "D/M/YYYY/D", NULL},
        {"5/1/2024", "D/M/YYY", NULL},
        {"5/1/2024", "", NULL},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_date date = PN_DATE_NONE;
        pn_diag diag;
        pn_err err =
            pn_date_parse(pn_str_of(CASES[i].text), pn_str_of(CASES[i].format), &date, &diag);
        if (err != (CASES[i].expected == NULL ? PN_INVALID : PN_OK)) {
            fail_msg("\"%s\" by %s gives %s", CASES[i].text, CASES[i].format, pn_err_name(err));
        }
        if (err == PN_OK) {
            assert_str(iso(date), CASES[i].expected);
        } else {
            assert_int_equal(date, PN_DATE_NONE);
            assert_non_null(strchr(diag.what, '"'));
        }
    }
}

static void a_refused_date_is_explained(void **state) {
    (void)state;
    pn_date date = PN_DATE_NONE;
    pn_diag diag;
    assert_int_equal(pn_date_parse(PN_STR("31/02/2024"), PN_STR("D/M/YYYY"), &date, &diag),
                     PN_INVALID);
    assert_string_equal(diag.what, "\"31/02/2024\" is no day of the calendar (read as D/M/YYYY).");
    assert_int_equal(pn_date_parse(PN_STR("mañana"), PN_STR("D/M/YYYY"), &date, &diag), PN_INVALID);
    assert_string_equal(diag.what, "\"mañana\" is not a date written as D/M/YYYY.");
    assert_int_equal(pn_date_parse(PN_STR("x"), PN_STR("D/M"), &date, NULL), PN_INVALID);
}

static void guess(const char *const *texts, size_t count, const char *expected, bool ambiguous) {
    pn_str samples[8];
    for (size_t i = 0; i < count; i++) {
        samples[i] = pn_str_of(texts[i]);
    }
    pn_str format = PN_STR_NONE;
    bool is_ambiguous = false;
    pn_err err = pn_date_guess_format(samples, count, &format, &is_ambiguous);
    assert_int_equal(err, expected == NULL ? PN_NOT_FOUND : PN_OK);
    if (expected != NULL) {
        assert_str(format, expected);
        assert_int_equal(is_ambiguous, ambiguous);
    }
}
#define GUESS(expected, ambiguous, ...)                                                            \
    guess((const char *const[]){__VA_ARGS__}, PN_COUNT(((const char *const[]){__VA_ARGS__})),      \
          expected, ambiguous)

static void formats_are_guessed(void **state) {
    (void)state;
    GUESS("YYYY-MM-DD", false, "2024-01-05", "", " ", "2024-12-31 00:00:00");
    GUESS("YYYY-M-D", false, "2024-01-05", "2024-1-5");
    GUESS("D/M/YYYY", true, "1/2/2024", "03/04/2024");
    GUESS("D/M/YYYY", false, "1/2/2024", "13/04/2024");
    GUESS("M/D/YYYY", false, "1/2/2024", "03/14/2024");
    GUESS("D.M.YYYY", true, "01.02.2024");
    GUESS("D/M/YY", true, "01/02/24");
    GUESS("D-MMM-YY", false, "24-Mar-11", "7-Apr-12");
    GUESS("D MMMM YYYY", false, "3 May 2026", "3 June 2026", "4 January 2026");
    GUESS("D de MMMM de YYYY", false, "3 de marzo de 2026");
    GUESS("YYYYMMDD", false, "20240105");
    GUESS("DDMMYYYY", false, "10102010");
    GUESS("D/M/YYYY", false, "02/10/2026", "31/02/2026", "1/2/2026", "3/4/2026", "17/5/2026");
    GUESS("D/M/YYYY", true, "02/10/2026", "pronto", "1/2/2026", "3/4/2026", "7/5/2026");
    GUESS(NULL, false, "02/10/2026", "31/02/2026", "1/2/2026");
    GUESS(NULL, false, "13/14/2024");
    GUESS(NULL, false, "1/2/2024", "2024-01-05");
    GUESS(NULL, false, "", " ");
    GUESS(NULL, false, "123456", "45000");
}

static void dates_are_written_for_people(void **state) {
    (void)state;
    pn_buf buf;
    pn_buf_init(&buf, 1000);
    pn_date date = day("2026-03-03");
    const char *languages[] = {"es", "en", "pt-BR", "fr"};
    for (size_t i = 0; i < PN_COUNT(languages); i++) {
        pn_date_text_long(&buf, date, pn_str_of(languages[i]), PN_STR_NONE);
        pn_buf_add_lit(&buf, "|");
        pn_date_text_short(&buf, date, pn_str_of(languages[i]), PN_STR_NONE);
        pn_buf_add_lit(&buf, "\n");
    }
    pn_date_text_short(&buf, date, PN_STR("en"), PN_STR("US"));
    pn_date_text_short(&buf, date, PN_STR("en"), PN_STR("GB"));
    pn_date_text_short(&buf, date, PN_STR("es"), PN_STR("US"));
    pn_buf_add_lit(&buf, "\n");
    pn_date_text_long(&buf, date, PN_STR("en"), PN_STR("US"));
    pn_buf_add_lit(&buf, "|");
    pn_date_text_long(&buf, date, PN_STR("en"), PN_STR("GB"));
    pn_buf_add_lit(&buf, "|");
    pn_date_text_long(&buf, date, PN_STR("es"), PN_STR("US"));
    assert_str(pn_buf_str(&buf), "3 de marzo de 2026|03/03/2026\n"
                                 "March 3, 2026|3 Mar 2026\n"
                                 "3 de março de 2026|03/03/2026\n"
                                 "2026-03-03|2026-03-03\n"
                                 "3 Mar 202603/03/20263 mar 2026\n"
                                 "March 3, 2026|3 March 2026|3 de marzo de 2026");
    pn_buf_done(&buf);
    assert_str(pn_weekday_name(1, PN_STR("es"), false), "martes");
    assert_str(pn_weekday_name(2, PN_STR("es_MX"), true), "mié");
    assert_str(pn_weekday_name(0, PN_STR("pt"), false), "segunda-feira");
    assert_str(pn_month_name(9, PN_STR("pt"), true), "set");
    assert_str(pn_month_name(12, PN_STR("EN"), false), "December");
    assert_str(pn_month_name(12, PN_STR("est"), false), "");
    assert_str(pn_month_name(12, PN_STR("e"), false), "");
}

/* ── business days ── */

static pn_calendar calendar_of(const char *country, const char *region) {
    return pn_calendar_for(pn_str_of(country), pn_str_of(region));
}

static pn_str holiday(const char *country, const char *region, const char *date) {
    pn_calendar calendar = calendar_of(country, region);
    return pn_calendar_holiday(&calendar, day(date));
}

static void holidays_follow_the_law(void **state) {
    (void)state;
    assert_str(holiday("MX", "", "2024-10-01"), "Transmisión del Poder Ejecutivo Federal");
    assert_str(holiday("MX", "", "2024-12-01"), "");
    assert_str(holiday("MX", "", "2018-12-01"), "Transmisión del Poder Ejecutivo Federal");
    assert_str(holiday("MX", "", "2026-02-02"), "Día de la Constitución");
    assert_str(holiday("MX", "", "2026-04-03"), "Viernes Santo");
    assert_str(holiday("CL", "", "2024-03-30"), "Sábado Santo");
    assert_str(holiday("CL", "", "2023-10-27"), "Día Nacional de las Iglesias Evangélicas y "
                                                "Protestantes");
    assert_str(holiday("CL", "", "2026-12-31"), "");
    assert_str(holiday("CL", "AP", "2026-06-07"), "Asalto y Toma del Morro de Arica");
    assert_str(holiday("CL", "RM", "2026-06-07"), "");
    assert_str(holiday("AR", "", "2022-06-17"), "Paso a la Inmortalidad del General Don Martín "
                                                "Miguel de Güemes");
    assert_str(holiday("AR", "", "2024-06-21"), "Feriado Puente Turístico");
    assert_str(holiday("AR", "", "2026-07-10"), "Día no laborable con fines turísticos");
    assert_str(holiday("BR", "", "2023-11-20"), "");
    assert_str(holiday("BR", "", "2024-11-20"), "Dia da Consciência Negra");
    assert_str(holiday("BR", "SP", "2026-11-20"), "Dia da Consciência Negra");
    assert_str(holiday("BR", "", "2026-02-17"), "Carnaval");
    assert_str(holiday("BR", "SP", "2026-07-09"), "Revolução Constitucionalista");
    assert_str(holiday("CO", "", "2026-01-12"), "Día de los Reyes Magos");
    assert_str(holiday("CO", "", "2026-01-06"), "");
    assert_str(holiday("PE", "", "2026-07-23"), "Día de la Fuerza Aérea del Perú");
    assert_str(holiday("US", "", "2021-12-31"), "New Year's Day (observed)");
    assert_str(holiday("US", "CA", "2026-10-12"), "Columbus Day");
    assert_str(holiday("US", "CA", "2026-03-31"), "César Chávez Day");
    assert_str(holiday("US", "", "2026-03-31"), "");
    assert_str(holiday("FR", "", "2026-05-01"), "");
    assert_true(pn_holiday_country_known(PN_STR("pe")));
    assert_false(pn_holiday_country_known(PN_STR("FR")));
    assert_int_equal(pn_holiday_first_year(), 2010);
    assert_int_equal(pn_holiday_last_year(), 2040);
}

static void spanish_communities_move_their_own(void **state) {
    (void)state;
    /* 26 December 2022, the Monday after Christmas: a feast in Madrid, not in the Basque Country;
     * Catalonia has Saint Stephen. */
    assert_str(holiday("ES", "MD", "2022-12-26"), "Navidad (lunes siguiente)");
    assert_str(holiday("ES", "M", "2022-12-26"), "Navidad (lunes siguiente)");
    assert_str(holiday("ES", "PV", "2022-12-26"), "");
    assert_str(holiday("ES", "CT", "2022-12-26"), "San Esteban");
    assert_str(holiday("ES", "B", "2022-12-26"), "San Esteban");
    assert_str(holiday("ES", "", "2022-12-26"), "");
    assert_str(holiday("ES", "MD", "2025-07-25"), "Santiago Apóstol");
    assert_str(holiday("ES", "CN", "2026-05-30"), "Día de Canarias");
    assert_str(holiday("ES", "ML", "2026-05-27"), "Fiesta del Sacrificio");
    assert_str(holiday("ES", "XX", "2026-01-06"), "Día de los Reyes Magos");
}

/* The slow way: one day after the other. */
static pn_date slow_add(const pn_calendar *calendar, pn_date date, int days) {
    int step = days < 0 ? -1 : 1;
    for (int left = days * step; left > 0;) {
        date += step;
        left -= pn_calendar_is_business(calendar, date);
    }
    return date;
}

static void counting_and_adding_agree(void **state) {
    (void)state;
    static const pn_date CLOSED[] = {20300, 20301, 20301, 20304, 20500};
    pn_calendar calendars[] = {calendar_of("ES", "MD"), calendar_of("US", "NY"),
                               calendar_of("CL", ""),   calendar_of("FR", ""),
                               calendar_of("MX", ""),   calendar_of("BR", "RJ")};
    calendars[2].closed_weekdays = 1 << 6;
    calendars[4].closed = CLOSED;
    calendars[4].closed_count = PN_COUNT(CLOSED);
    uint64_t seed = 3;
    for (int i = 0; i < 20000; i++) {
        const pn_calendar *calendar = &calendars[i % (int)PN_COUNT(calendars)];
        pn_date from = 14000 + (pn_date)(random_next(&seed) % 13000);
        int days = (int)(random_next(&seed) % 200) - 100;
        pn_date to = pn_calendar_add(calendar, from, days);
        if (days != 0) {
            assert_int_equal(to, slow_add(calendar, from, days));
        }
        int count = 0;
        for (pn_date date = PN_MIN(from, to) + 1; date <= PN_MAX(from, to); date++) {
            count += pn_calendar_is_business(calendar, date);
        }
        assert_int_equal(pn_calendar_count(calendar, from, to), to < from ? -count : count);
        pn_date next = pn_calendar_next(calendar, from);
        pn_date previous = pn_calendar_previous(calendar, from);
        assert_int_equal(pn_calendar_add(calendar, from, 0), next);
        assert_true(pn_calendar_is_business(calendar, next) && next >= from);
        assert_true(pn_calendar_is_business(calendar, previous) && previous <= from);
        assert_int_equal(next == from, previous == from);
        if (next > from) {
            assert_int_equal(pn_calendar_count(calendar, previous, next), 1);
        }
    }
}

static void a_calendar_may_never_open(void **state) {
    (void)state;
    pn_calendar calendar = calendar_of("ES", "");
    calendar.closed_weekdays = 0x7F;
    assert_int_equal(pn_calendar_next(&calendar, 20000), PN_DATE_LAST);
    assert_int_equal(pn_calendar_add(&calendar, 20000, -3), PN_DATE_FIRST);
    assert_int_equal(pn_calendar_count(&calendar, 0, 20000), 0);
    calendar.closed_weekdays = 0;
    assert_int_equal(pn_calendar_count(&calendar, -100, -93), 7);
    assert_int_equal(pn_calendar_add(&calendar, PN_DATE_LAST - 1, 5), PN_DATE_LAST);
    assert_int_equal(pn_calendar_add(&calendar, PN_DATE_FIRST, INT32_MIN), PN_DATE_FIRST);
    assert_false(pn_calendar_is_business(&calendar, day("2026-01-01")));
    assert_true(pn_calendar_is_business(&calendar, day("2026-01-03")));
    assert_true(pn_calendar_is_business(&calendar, day("2009-01-01")));
    assert_true(pn_calendar_is_business(&calendar, day("2041-01-01")));
}

/* ── the corpora: two independent collections of holidays ── */

typedef struct {
    const char *country;
    const char *files[3]; /* vacanza's; what all of them have is national */
    bool common;          /* the file is the nation's own */
} corpus_country;

static const corpus_country CORPUS[] = {
    {"AR", {"AR_COMMON"}, true},
    {"BR", {"BR_RJ", "BR_SP"}, false},
    {"CL", {"CL_COMMON"}, true},
    {"CO", {"CO_COMMON"}, true},
    {"ES", {"ES_COMMON"}, true},
    {"MX", {"MX_COMMON"}, true},
    {"US", {"US_CT", "US_MD", "US_NY"}, false},
};

static const pn_json *json_file(const char *folder, const char *prefix, const char *name) {
    char path[2048];
    (void)snprintf(path, sizeof path, "%s/%s%s.json", folder, prefix, name);
    pn_json *value = NULL;
    pn_diag diag;
    if (pn_json_parse(file_read(&arena, path), NULL, &arena, &value, &diag) != PN_OK) {
        fail_msg("%s: %s", path, diag.what);
    }
    return value;
}

typedef enum { NOT_LISTED, LISTED, LISTED_AS_LESS } listing;

/* By date-holidays: public, or only bank or optional. Observances are nobody's holiday. */
static listing in_fixture(const pn_json *fixture, pn_str date) {
    listing found = NOT_LISTED;
    for (uint32_t i = 0; i < fixture->count; i++) {
        const pn_json *item = &fixture->items[i];
        pn_str type = pn_json_text(pn_json_field(item, "type"), PN_STR_NONE);
        if (!pn_str_starts(pn_json_text(pn_json_field(item, "date"), PN_STR_NONE), date)) {
            continue;
        }
        if (pn_str_is(type, "public")) {
            return LISTED;
        }
        if (!pn_str_is(type, "observance")) {
            found = LISTED_AS_LESS;
        }
    }
    return found;
}

static bool in_snapshots(const pn_json *const *snapshots, size_t count, pn_str date) {
    for (size_t i = 0; i < count; i++) {
        if (pn_json_get(snapshots[i], date) == NULL) {
            return false;
        }
    }
    return true;
}

typedef struct {
    unsigned years, agreed, closed, open;
} comparison;

static void compare_year(const corpus_country *what, int32_t year, const pn_json *fixture,
                         const pn_json *const *snapshots, size_t count, comparison *result) {
    pn_calendar calendar = calendar_of(what->country, "");
    for (pn_date date = pn_date_of(year, 1, 1); date <= pn_date_of(year, 12, 31); date++) {
        listing theirs = in_fixture(fixture, iso(date));
        bool others = in_snapshots(snapshots, count, iso(date));
        bool ours = pn_calendar_holiday(&calendar, date).len != 0;
        if (theirs == LISTED && others) {
            result->agreed++;
        } else if (theirs == LISTED || others || theirs == LISTED_AS_LESS) {
            *(ours ? &result->closed : &result->open) += 1;
            continue;
        }
        if (ours != (theirs == LISTED)) {
            fail_msg("%s %s: ours %d, both collections %d", what->country, iso(date).ptr, ours,
                     theirs == LISTED);
        }
    }
    result->years++;
}

static void national_holidays_agree_where_both_collections_do(void **state) {
    (void)state;
    const char *root = corpus_or_skip("8-push-dkim-tsa-holidays");
    char folder[1100], fixtures[1100];
    (void)snprintf(folder, sizeof folder, "%s/holidays/snapshots/countries", root);
    (void)snprintf(fixtures, sizeof fixtures, "%s/date-holidays/test/fixtures", root);
    comparison all = {0};
    for (size_t i = 0; i < PN_COUNT(CORPUS); i++) {
        const pn_json *snapshots[3] = {NULL};
        size_t count = 0;
        while (count < 3 && CORPUS[i].files[count] != NULL) {
            snapshots[count] = json_file(folder, "", CORPUS[i].files[count]);
            count++;
        }
        comparison result = {0};
        for (int32_t year = pn_holiday_first_year(); year <= pn_holiday_last_year(); year++) {
            char name[16], path[1200];
            (void)snprintf(name, sizeof name, "%s-%d", CORPUS[i].country, year);
            (void)snprintf(path, sizeof path, "%s/%s.json", fixtures, name);
            FILE *probe = fopen(path, "r");
            if (probe != NULL) {
                (void)fclose(probe);
                compare_year(&CORPUS[i], year, json_file(fixtures, "", name), snapshots, count,
                             &result);
            }
        }
        print_message("%s: %u years, %u holidays in both; of what only one has, or as less than "
                      "public, %u closed and %u open\n",
                      CORPUS[i].country, result.years, result.agreed, result.closed, result.open);
        all.years += result.years;
        all.agreed += result.agreed;
        all.closed += result.closed;
        all.open += result.open;
    }
    print_message("all: %u country-years, %u holidays in both, %u and %u otherwise\n", all.years,
                  all.agreed, all.closed, all.open);
    assert_true(all.years >= 40 && all.agreed >= 500);
}

/* Spain's communities against the collection that was made from the Boletín Oficial, up to the last
 * year that it has from there; a Sunday counts for neither. */
static void spanish_communities_agree_with_the_gazette(void **state) {
    (void)state;
    static const char *const REGIONS[] = {"AN", "CT", "PV"};
    const char *root = corpus_or_skip("8-push-dkim-tsa-holidays");
    char folder[1100];
    (void)snprintf(folder, sizeof folder, "%s/holidays/snapshots/countries/ES_", root);
    unsigned agreed = 0;
    for (size_t i = 0; i < PN_COUNT(REGIONS); i++) {
        char path[1200];
        (void)snprintf(path, sizeof path, "%s%s.json", folder, REGIONS[i]);
        pn_json *listed = NULL;
        assert_int_equal(pn_json_parse(file_read(&arena, path), NULL, &arena, &listed, NULL),
                         PN_OK);
        pn_calendar calendar = calendar_of("ES", REGIONS[i]);
        for (pn_date date = day("2010-01-01"); date <= day("2026-12-31"); date++) {
            bool ours = pn_calendar_holiday(&calendar, date).len != 0;
            bool theirs = pn_json_get(listed, iso(date)) != NULL;
            if (pn_date_weekday(date) != 6 && ours != theirs) {
                fail_msg("ES-%s %s: ours %d, theirs %d", REGIONS[i], iso(date).ptr, ours, theirs);
            }
            agreed += ours && theirs;
        }
    }
    print_message("%u holidays of 3 communities agree\n", agreed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_agrees_with_counting),
        cmocka_unit_test(months_are_added_within_the_month),
        cmocka_unit_test(iso_is_read_strictly),
        cmocka_unit_test(dates_are_read_by_format),
        cmocka_unit_test(a_refused_date_is_explained),
        cmocka_unit_test(formats_are_guessed),
        cmocka_unit_test(dates_are_written_for_people),
        cmocka_unit_test(holidays_follow_the_law),
        cmocka_unit_test(spanish_communities_move_their_own),
        cmocka_unit_test(counting_and_adding_agree),
        cmocka_unit_test(a_calendar_may_never_open),
        cmocka_unit_test_setup_teardown(national_holidays_agree_where_both_collections_do, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(spanish_communities_agree_with_the_gazette, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
