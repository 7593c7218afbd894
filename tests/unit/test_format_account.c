/* Accounts, references and payment codes: vectors of the standards and of python-stdnum, and what
 * one changed digit does. */
#include "unit.h"

#include "format/account.h"
#include "format/pay_code.h"

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

static void ibans(void **state) {
    (void)state;
    static const char *const GOOD[] = {"ES9121000418450200051332",
                                       "GR1601101050000010547023795",
                                       "BE31435411161155",
                                       "ES7712341234161234567890",
                                       "NO9386011117947",
                                       "DE89370400440532013000",
                                       "BR1800360305000010009795493C1",
                                       "GB29NWBK60161331926819"};
    static const char *const BAD[] = {"ES9121000418450200051331",
                                      "ES921000418450200051332",
                                      "ES912100041845020005133",
                                      "XX9121000418450200051332",
                                      "ES12 1234",
                                      "",
                                      "9121000418450200051332"};
    for (size_t i = 0; i < PN_COUNT(GOOD); i++) {
        assert_true(pn_iban_valid(pn_str_of(GOOD[i])));
    }
    for (size_t i = 0; i < PN_COUNT(BAD); i++) {
        assert_false(pn_iban_valid(pn_str_of(BAD[i])));
    }
    assert_true(pn_iban_sepa(PN_STR("GB29NWBK60161331926819")));
    assert_false(pn_iban_sepa(PN_STR("BR1800360305000010009795493C1")));
}

/* Every single changed digit is noticed. */
static void one_wrong_digit_is_noticed(void **state) {
    (void)state;
    static const char *const NUMBERS[] = {"ES9121000418450200051332", "032180000118359719",
                                          "2850590940090418135201", "RF18539007547034"};
    for (size_t n = 0; n < PN_COUNT(NUMBERS); n++) {
        pn_str number = pn_str_of(NUMBERS[n]);
        for (size_t i = 2; i < number.len; i++) {
            for (char c = '0'; c <= '9'; c++) {
                char copy[40];
                memcpy(copy, number.ptr, number.len);
                copy[i] = c;
                pn_str changed = {copy, number.len};
                bool valid =
                    n == 3 ? pn_rf_valid(changed) : pn_account_kind_of(changed) != PN_ACCOUNT_OTHER;
                assert_int_equal(valid, c == number.ptr[i]);
            }
        }
    }
}

static void clabes_and_cbus(void **state) {
    (void)state;
    assert_true(pn_clabe_valid(PN_STR("646180157000000004")));
    assert_true(pn_clabe_valid(PN_STR("032180000118359719")));
    assert_true(pn_clabe_valid(PN_STR("002010077777777771")));
    assert_false(pn_clabe_valid(PN_STR("012180015040777777")));
    assert_false(pn_clabe_valid(PN_STR("03218000011835971")));
    assert_true(pn_cbu_valid(PN_STR("2850590940090418135201")));
}

static void accounts_are_read_as_people_write_them(void **state) {
    (void)state;
    static const struct {
        const char *text, *country, *expected;
        pn_account_kind kind;
    } GOOD[] = {
        {"es91 2100-0418 4502 0005 1332", "ES", "ES9121000418450200051332", PN_ACCOUNT_IBAN},
        {"032 180 00011835971 9", "MX", "032180000118359719", PN_ACCOUNT_CLABE},
        {"2850590940090418135201", "AR", "2850590940090418135201", PN_ACCOUNT_CBU},
        {"0123-456789", "CO", "0123456789", PN_ACCOUNT_OTHER},
    };
    for (size_t i = 0; i < PN_COUNT(GOOD); i++) {
        pn_str account;
        pn_account_kind kind;
        assert_int_equal(pn_account_read(pn_str_of(GOOD[i].text), pn_str_of(GOOD[i].country),
                                         &arena, &account, &kind, NULL),
                         PN_OK);
        assert_str(account, GOOD[i].expected);
        assert_int_equal(kind, GOOD[i].kind);
    }
    static const struct {
        const char *text, *country, *mend;
    } BAD[] = {
        {"ES91 2100 0418 4502 0005 1333", "ES",
         "Its check digits do not agree with the rest: look for a mistyped or swapped digit."},
        {"ES91 2100 0418 4502 0005 133", "ES",
         "Those of ES have 24 letters and digits; this one has 23."},
        {"XX91 2100 0418 4502 0005", "CO", "No country writes IBANs that begin with XX."},
        {"21000418450200051332", "ES",
         "Accounts in ES are written as IBAN: ES, two check digits, and 24 letters and digits in "
         "all."},
        {"012180015040777777", "MX", "A CLABE has 18 digits, the last of which checks the others."},
        {"my account!", "CO",
         "Write an IBAN, a CLABE or an account number of up to 34 letters and digits."},
    };
    for (size_t i = 0; i < PN_COUNT(BAD); i++) {
        pn_str account;
        pn_account_kind kind;
        pn_diag diag = {0};
        assert_int_equal(pn_account_read(pn_str_of(BAD[i].text), pn_str_of(BAD[i].country), &arena,
                                         &account, &kind, &diag),
                         PN_INVALID);
        assert_string_equal(diag.mend, BAD[i].mend);
    }
    assert_str(pn_account_grouped(PN_STR("ES9121000418450200051332"), &arena),
               "ES91 2100 0418 4502 0005 1332");
    assert_str(pn_account_grouped(PN_STR("032180000118359719"), &arena), "032 180 00011835971 9");
}

static void rf_references(void **state) {
    (void)state;
    char out[PN_RF_SIZE];
    pn_str reference;
    assert_int_equal(pn_rf_make(PN_STR("539007547034"), out, &reference), PN_OK);
    assert_str(reference, "RF18539007547034");
    assert_int_equal(pn_rf_make(PN_STR("INV-2026/0001"), out, &reference), PN_OK);
    assert_str(reference, "RF16INV20260001");
    assert_int_equal(pn_rf_make(PN_STR("2348231"), out, &reference), PN_OK);
    assert_str(reference, "RF712348231");
    assert_int_equal(pn_rf_make(PN_STR("—"), out, &reference), PN_INVALID);
    assert_int_equal(pn_rf_make(PN_STR("1234567890123456789012"), out, &reference), PN_INVALID);
    assert_true(pn_rf_valid(PN_STR("RF18 5390 0754 7034")));
    assert_false(pn_rf_valid(PN_STR("RF17 5390 0754 7034")));
    assert_true(pn_rf_valid(PN_STR("RF18 5390 0754 70Y"))); /* Y counts as 34 */
    assert_false(pn_rf_valid(PN_STR("F-101")));
}

static pn_money money(int64_t minor, const char *code) {
    pn_money m = {.minor = minor};
    assert_int_equal(pn_currency_parse(pn_str_of(code), &m.currency), PN_OK);
    return m;
}

static void epc_codes(void **state) {
    (void)state;
    pn_buf out;
    pn_buf_init(&out, 1000);
    pn_epc_request request = {.name = PN_STR("Suministros Núñez, S.L."),
                              .account = PN_STR("ES9121000418450200051332"),
                              .reference = PN_STR("F-101"),
                              .amount = money(121000, "EUR")};
    assert_int_equal(pn_epc_write(&request, &out), PN_OK);
    assert_str(pn_buf_str(&out), "BCD\n002\n1\nSCT\n\nSuministros Núñez, S.L.\n"
                                 "ES9121000418450200051332\nEUR1210.00\n\n\nF-101");
    pn_buf_clear(&out);
    request.reference = PN_STR("RF18539007547034");
    assert_int_equal(pn_epc_write(&request, &out), PN_OK);
    assert_str(pn_buf_str(&out), "BCD\n002\n1\nSCT\n\nSuministros Núñez, S.L.\n"
                                 "ES9121000418450200051332\nEUR1210.00\n\nRF18539007547034");
    pn_buf_clear(&out);
    request.reference = PN_STR_NONE;
    assert_int_equal(pn_epc_write(&request, &out), PN_OK);
    assert_str(pn_buf_str(&out), "BCD\n002\n1\nSCT\n\nSuministros Núñez, S.L.\n"
                                 "ES9121000418450200051332\nEUR1210.00");
    /* letters of two bytes fill the 331 bytes, and the last one is whole */
    pn_buf_clear(&out);
    char long_text[601];
    for (size_t i = 0; i < 300; i++) {
        memcpy(long_text + 2 * i, "ñ", 2);
    }
    request.name = request.reference = (pn_str){long_text, 600};
    assert_int_equal(pn_epc_write(&request, &out), PN_OK);
    assert_true(out.len <= 331 && out.len >= 329);
    request.amount = money(121000, "MXN");
    assert_int_equal(pn_epc_write(&request, &out), PN_INVALID);
    request.amount = money(0, "EUR");
    assert_int_equal(pn_epc_write(&request, &out), PN_INVALID);
    request.amount = money(1, "EUR");
    request.account = PN_STR("BR1800360305000010009795493C1");
    assert_int_equal(pn_epc_write(&request, &out), PN_INVALID);
    pn_buf_done(&out);
}

static void pix_codes(void **state) {
    (void)state;
    /* the vector of the Manual do BR Code */
    assert_int_equal(pn_crc16_ccitt(PN_STR("123456789")), 0x29B1);
    assert_int_equal(pn_crc16_ccitt(PN_STR(
                         "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-42665544000"
                         "05204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***6304")),
                     0x1D3D);
    pn_buf out;
    pn_buf_init(&out, 1000);
    pn_pix_request request = {.key = PN_STR("123e4567-e12b-12d1-a456-426655440000"),
                              .name = PN_STR("Distribuição São João Ltda. & Filhos"),
                              .city = PN_STR("São Paulo"),
                              .reference = PN_STR("NF-101/26"),
                              .amount = money(12345, "BRL")};
    assert_int_equal(pn_pix_write(&request, &out), PN_OK);
    pn_str text = pn_buf_str(&out);
    assert_str(pn_str_first(text, text.len - 4),
               "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000520400005303986"
               "5406123.455802BR5925DISTRIBUICAO SAO JOAO LTD6009SAO PAULO62110507NF101266304");
    char crc[5];
    (void)snprintf(crc, sizeof crc, "%04X", pn_crc16_ccitt(pn_str_first(text, text.len - 4)));
    assert_str(pn_str_from(text, text.len - 4), crc);
    request.amount = money(12345, "EUR");
    assert_int_equal(pn_pix_write(&request, &out), PN_INVALID);
    request.amount = money(12345, "BRL");
    request.key = PN_STR("two words");
    assert_int_equal(pn_pix_write(&request, &out), PN_INVALID);
    pn_buf_done(&out);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(ibans),           TEST(one_wrong_digit_is_noticed),
        TEST(clabes_and_cbus), TEST(accounts_are_read_as_people_write_them),
        TEST(rf_references),   TEST(epc_codes),
        TEST(pix_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
