/* The Date of mails, as they come. */
#include "unit.h"

#include "calendar/date.h"
#include "format/mail_date.h"

static void dates_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int hour, minute; /* of 2026-03-09 in UTC */
    } cases[] = {
        {"Mon, 9 Mar 2026 10:22:11 +0100", 9, 22},  {"Mon, 09 Mar 2026 10:22 -0300", 13, 22},
        {"9 Mar 2026 10:22:11 GMT", 10, 22},        {"Mon, 9 Mar 2026 10:22:11 +0530 (IST)", 4, 52},
        {"Mon,  9 Mar 2026\t06:22:11 EDT", 10, 22}, {"9 Mar 2026 10:22:11", 10, 22},
        {"9 mar 2026 10:22:11 Z", 10, 22},
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        pn_time at = 0;
        assert_true(pn_mail_date(pn_str_of(cases[i].text), &at));
        int64_t second = (at - pn_date_of(2026, 3, 9) * PN_DAY) / PN_SECOND;
        assert_int_equal(second / 60, cases[i].hour * 60 + cases[i].minute);
    }
}

static void what_is_no_date_is_none(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "yesterday",
        "Mon, 31 Feb 2026 10:00:00 +0000",
        "9 Mar 2026",
        "9 Mar 26 10:00",
        "9 Foo 2026 10:00:00 +0000",
        "Mon, 9 Mar 2026 25:00 +0000",
        "9 Mar 99999 10:00",
        "9 Mar 2026 10:00:00:00 +0000",
        "-9 Mar 2026 10:00:00 +0000",
    };
    for (size_t i = 0; i < PN_COUNT(bad); i++) {
        pn_time at = 0;
        assert_false(pn_mail_date(pn_str_of(bad[i]), &at));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read),
        cmocka_unit_test(what_is_no_date_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
