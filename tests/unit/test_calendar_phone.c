/* Telephone numbers: their zones, and their international form. */
#include "unit.h"

#include "calendar/phone.h"
#include "calendar/phone_data.h"

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

static void numbers_have_zones(void **state) {
    (void)state;
    static const struct {
        const char *number, *zones;
    } CASES[] = {
        {"+34915551234", "Europe/Madrid"},
        {"+34928123456", "Atlantic/Canary"},
        {"+34822123456", "Atlantic/Canary"},
        {"+34600111222", "Europe/Madrid Atlantic/Canary"}, /* a mobile tells no place */
        {"+34900123456", "Europe/Madrid Atlantic/Canary"},
        {"+525512345678", "America/Mexico_City"},
        {"+526641234567", "America/Tijuana"},
        {"+5216641234567", "America/Tijuana"},    /* as mobiles were written until 2019 */
        {"+526141234567", "America/Mexico_City"}, /* Chihuahua, since 2022 */
        {"+526561234567", "America/Ciudad_Juarez"},
        {"+529981234567", "America/Cancun"},
        {"+526621234567", "America/Hermosillo"},
        {"+12125551234", "America/New_York"},
        {"+13105551234", "America/Los_Angeles"},
        {"+16025551234", "America/Phoenix"},
        {"+18085551234", "Pacific/Honolulu"},
        {"+18505551234", "America/Chicago America/New_York"},
        {"+18005551234", "America/New_York America/Chicago America/Denver America/Los_Angeles"},
        {"+14165551234", "America/Toronto"},
        {"+5511987654321", "America/Sao_Paulo"},
        {"+5581987654321", "America/Sao_Paulo"}, /* Recife */
        {"+556899876543", "America/Rio_Branco"},
        {"+5592987654321", "America/Manaus"},
        {"+56221234567", "America/Santiago"},
        {"+56322100123", "Pacific/Easter"},
        {"+56322501234", "America/Santiago"},
        {"+573001234567", "America/Bogota"},
        {"+51987654321", "America/Lima"},
        {"+5491123456789", "America/Argentina/Buenos_Aires"},
        {"+50241234567", "America/Guatemala"},
        {"+351296123456", "Atlantic/Azores"},
        {"+447911123456", "Europe/London"},
        {"+819012345678", "Asia/Tokyo"},
        {"600111222", ""},
        {"+", ""},
        {"+999123456", ""},
        {"+34", ""},
        {"", ""},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_str zones[PN_PHONE_ZONES_MAX];
        char found[200] = "";
        size_t count = pn_phone_zones(pn_str_of(CASES[i].number), zones);
        for (size_t j = 0; j < count; j++) {
            size_t len = strlen(found);
            (void)snprintf(found + len, sizeof found - len, "%s%.*s", j == 0 ? "" : " ",
                           PN_STR_ARG(zones[j]));
        }
        if (strcmp(found, CASES[i].zones) != 0) {
            fail_msg("%s: “%s”, not “%s”", CASES[i].number, found, CASES[i].zones);
        }
    }
}

static void the_table_is_in_order(void **state) {
    (void)state;
    for (size_t i = 0; i < pn_phone_row_count; i++) {
        assert_true(i == 0 || strcmp(pn_phone_rows[i - 1].prefix, pn_phone_rows[i].prefix) < 0);
        assert_true(pn_phone_rows[i].zones[0] != 0);
    }
    for (size_t i = 1; i < pn_phone_code_count; i++) {
        assert_true(strcmp(pn_phone_codes[i - 1].country, pn_phone_codes[i].country) < 0);
    }
}

static void numbers_become_international(void **state) {
    (void)state;
    static const struct {
        const char *text, *country, *number;
    } CASES[] = {
        {"600 111 222", "ES", "+34600111222"},
        {"+34 600-111-222", "MX", "+34600111222"},
        {"0034 (600) 111.222", "ES", "+34600111222"},
        {" tel:+34600111222 ", "", "+34600111222"},
        {"+44 (0)20 7946 0958", "ES", "+442079460958"},
        {"020 7946 0958", "GB", "+442079460958"},
        {"06 1234 5678", "IT", "+390612345678"},
        {"55 1234 5678", "MX", "+525512345678"},
        {"044 55 1234 5678", "MX", "+525512345678"},
        {"01 664 123 4567", "MX", "+526641234567"},
        {"(212) 555-1234", "US", "+12125551234"},
        {"1 212 555 1234", "us", "+12125551234"},
        {"011 34 600 111 222", "US", "+34600111222"},
        {"(11) 98765-4321", "BR", "+5511987654321"},
        {"0 11 98765-4321", "BR", "+5511987654321"},
        {"300 123 4567", "CO", "+573001234567"},
        {"9 8765 4321", "CL", "+56987654321"},
        {"600111222", "ZZ", "600111222"}, /* of a country that is not known */
        {"12345", "ES", NULL},
        {"6001112223", "ES", NULL},
        {"600 111 222 ext. 4", "ES", NULL},
        {"call me", "ES", NULL},
        {"+0 123 456", "ES", NULL},
        {"+1234567890123456", "ES", NULL},
        {"00000000000000000000000000000000000", "ES", NULL},
        {"+", "ES", NULL},
        {"", "ES", NULL},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_diag diag = {0};
        pn_str number = PN_STR_NONE;
        pn_err err = pn_phone_read(pn_str_of(CASES[i].text), pn_str_of(CASES[i].country), &arena,
                                   &number, &diag);
        bool good = CASES[i].number == NULL
                        ? err == PN_INVALID && number.len == 0 && diag.what[0] != '\0'
                        : err == PN_OK && pn_str_eq(number, pn_str_of(CASES[i].number));
        if (!good) {
            fail_msg("“%s” in %s gave %.*s (%s %s)", CASES[i].text, CASES[i].country,
                     PN_STR_ARG(number), pn_err_name(err), diag.what);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_have_zones, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_table_is_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_become_international, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
