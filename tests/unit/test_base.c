#include "unit.h"

#include <dirent.h>
#include <string.h>

#include "base/base64.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/json.h"
#include "base/json_pointer.h"
#include "base/money.h"
#include "base/sort.h"
#include "base/table.h"
#include "base/utf8.h"

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

/* ── arena ── */

static void an_allocation_of_nothing_is_a_place(void **state) {
    (void)state;
    pn_arena fresh;
    pn_arena_init(&fresh, 0);
    void *first = pn_arena_alloc(&fresh, 0);
    assert_non_null(first);
    assert_ptr_not_equal(pn_arena_alloc(&fresh, 0), first);
    pn_arena_done(&fresh);
}

static void arena_rewinds_to_a_mark(void **state) {
    (void)state;
    char *kept = pn_arena_copy(&arena, "kept", 4);
    pn_arena_mark mark = pn_arena_marked(&arena);
    for (int i = 0; i < 1000; i++) {
        memset(pn_arena_alloc(&arena, 5000), 0xAA, 5000);
    }
    pn_arena_rewind(&arena, mark);
    assert_string_equal(kept, "kept");
    assert_true(arena.used_bytes < 100);
    pn_arena_reset(&arena);
    assert_int_equal(arena.used_bytes, 0);
}

static void arena_reports_its_cap(void **state) {
    (void)state;
    pn_arena small;
    pn_arena_init(&small, 1000);
    (void)pn_arena_alloc(&small, 900);
    assert_false(pn_arena_over(&small));
    (void)pn_arena_alloc(&small, 200);
    assert_true(pn_arena_over(&small));
    pn_arena_done(&small);
}

/* ── errors ── */

static void a_diag_is_cut_between_characters(void **state) {
    (void)state;
    char text[1000];
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i + 2 < 600; i += 2) {
        memcpy(text + 1 + i, "ñ", 2);
    }
    text[601] = '\0';
    pn_diag diag;
    assert_int_equal(pn_diag_set(&diag, PN_INVALID, "%s", text), PN_INVALID);
    assert_true(pn_utf8_valid(pn_str_of(diag.what)));
    assert_true(strlen(diag.what) >= sizeof diag.what - 3);
    pn_diag_set(&diag, PN_INVALID, "Wrong.");
    pn_diag_where(&diag, "line %d", 3);
    pn_diag_mend(&diag, "Mend it.");
    char sentence[64];
    pn_diag_sentence(&diag, sentence, sizeof sentence);
    assert_string_equal(sentence, "line 3: Wrong. Mend it.");
}

/* ── texts ── */

static void integers_are_read_exactly(void **state) {
    (void)state;
    int64_t value = 0;
    assert_int_equal(pn_str_to_int64(PN_STR("-9223372036854775808"), &value), PN_OK);
    assert_true(value == INT64_MIN);
    assert_int_equal(pn_str_to_int64(PN_STR("9223372036854775808"), &value), PN_INVALID);
    assert_int_equal(pn_str_to_int64(PN_STR("+7"), &value), PN_OK);
    assert_int_equal(value, 7);
    assert_int_equal(pn_str_to_int64(PN_STR(""), &value), PN_INVALID);
    assert_int_equal(pn_str_to_int64(PN_STR("-"), &value), PN_INVALID);
    assert_int_equal(pn_str_to_int64(PN_STR("1 "), &value), PN_INVALID);
}

static void texts_split_and_search(void **state) {
    (void)state;
    pn_str rest = PN_STR("a,,b,");
    pn_str part;
    const char *expected[] = {"a", "", "b", ""};
    for (size_t i = 0; i < 4; i++) {
        assert_true(pn_str_split(&rest, ',', &part));
        assert_str(part, expected[i]);
    }
    assert_false(pn_str_split(&rest, ',', &part));
    assert_int_equal(pn_str_find(PN_STR("aababc"), PN_STR("abc")), 3);
    assert_int_equal(pn_str_find(PN_STR("ab"), PN_STR("abc")), SIZE_MAX);
    assert_str(pn_str_trim(PN_STR("\t a b \r\n")), "a b");
}

static void utf8_is_checked_by_the_table_of_rfc_3629(void **state) {
    (void)state;
    const char *bad[] = {
        "\xC0\x80",         "\xC1\xBF",         "\xE0\x9F\xBF",     "\xED\xA0\x80", "\x80",
        "\xF4\x90\x80\x80", "\xF0\x8F\xBF\xBF", "\xF5\x80\x80\x80", "\xE2\x82",     "\xFF"};
    for (size_t i = 0; i < PN_COUNT(bad); i++) {
        assert_false(pn_utf8_valid(pn_str_of(bad[i])));
    }
    assert_true(pn_utf8_valid(PN_STR("aé€😀\xF4\x8F\xBF\xBF")));
    assert_int_equal(pn_utf8_count(PN_STR("aé€😀")), 4);
    assert_int_equal(pn_utf8_prefix(PN_STR("aé€😀"), 2), 3);
    uint32_t c = 0;
    assert_int_equal(pn_utf8_decode(PN_STR("😀"), &c), 4);
    assert_int_equal(c, 0x1F600);
    char out[4];
    assert_int_equal(pn_utf8_encode(0xD800, out), 3); /* becomes U+FFFD */
    assert_memory_equal(out, "\xEF\xBF\xBD", 3);
}

static void folding_joins_what_people_mean(void **state) {
    (void)state;
    assert_str(pn_utf8_fold(&arena, PN_STR("NÚÑEZ & Cía. S.L. Straße"), true),
               "nunez & cia. s.l. strasse");
    assert_str(pn_utf8_fold(&arena, PN_STR("NÚÑEZ"), false), "núñez");
    /* decomposed and composed letters fold to the same bytes */
    assert_str(pn_utf8_fold(&arena,
                            PN_STR("Nu\xCC\x81n\xCC\x83"
                                   "ez"),
                            false),
               "núñez");
    assert_str(pn_utf8_fold(&arena,
                            PN_STR("Nu\xCC\x81n\xCC\x83"
                                   "ez"),
                            true),
               "nunez");
    assert_str(pn_utf8_fold(&arena, PN_STR("ΑΘΗΝΑ МОСКВА Łódź"), true), "αθηνα москва lodz");
    for (uint32_t c = 0; c < 0x500; c++) { /* mapping there and back is stable */
        uint32_t lower = pn_utf8_lower(c);
        assert_int_equal(pn_utf8_lower(lower), lower);
    }
}

static void a_buffer_keeps_its_maximum(void **state) {
    (void)state;
    pn_buf buf;
    pn_buf_init(&buf, 300);
    for (int i = 0; i < 100; i++) {
        pn_buf_add_lit(&buf, "abc");
    }
    assert_int_equal(pn_buf_err(&buf), PN_OK);
    pn_buf_add_char(&buf, 'x');
    assert_int_equal(pn_buf_err(&buf), PN_LIMIT);
    assert_int_equal(buf.len, 300);
    pn_buf_clear(&buf);
    pn_buf_add_format(&buf, "%0300d", 7);
    assert_int_equal(pn_buf_err(&buf), PN_OK);
    assert_int_equal(buf.len, 300);
    pn_buf_clear(&buf);
    pn_buf_add_int(&buf, INT64_MIN);
    assert_str(pn_buf_str(&buf), "-9223372036854775808");
    pn_buf_done(&buf);
}

/* ── hashes ── */

static void assert_hex(pn_sha256 digest, const char *hex) {
    char text[65];
    pn_hex(digest.bytes, sizeof digest.bytes, text);
    assert_string_equal(text, hex);
}

static void sha256_gives_the_published_digests(void **state) {
    (void)state;
    /* FIPS 180-4 examples and NIST's one million letters */
    assert_hex(pn_sha256_of("", 0),
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hex(pn_sha256_of("abc", 3),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hex(pn_sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
               "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    pn_sha256_ctx ctx;
    pn_sha256_begin(&ctx);
    for (int i = 0; i < 1000000;) { /* in uneven pieces */
        int piece = PN_MIN(i % 131 + 1, 1000000 - i);
        char letters[131];
        memset(letters, 'a', sizeof letters);
        pn_sha256_add(&ctx, letters, (size_t)piece);
        i += piece;
    }
    assert_hex(pn_sha256_end(&ctx),
               "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    /* RFC 4231, test case 2 and 6 (a key longer than a block) */
    assert_hex(pn_hmac_sha256(PN_STR("Jefe"), PN_STR("what do ya want for nothing?")),
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    char key[131];
    memset(key, 0xaa, sizeof key);
    assert_hex(pn_hmac_sha256((pn_str){key, sizeof key},
                              PN_STR("Test Using Larger Than Block-Size Key - Hash Key First")),
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    pn_hmac_key ready = pn_hmac_key_of(PN_STR("Jefe")); /* in pieces, and twice */
    const pn_str pieces[] = {PN_STR("what do ya want"), PN_STR(""), PN_STR(" for nothing?")};
    for (int i = 0; i < 2; i++) {
        assert_hex(pn_hmac_with(&ready, pieces, PN_COUNT(pieces)),
                   "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}

static void a_merkle_root_is_rfc_6962s(void **state) {
    (void)state;
    pn_merkle tree;
    pn_merkle_begin(&tree);
    assert_hex(pn_merkle_root(&tree),
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    const char *leaves[] = {"a", "b", "c"};
    for (size_t i = 0; i < 3; i++) {
        pn_sha256 leaf = pn_merkle_leaf(leaves[i], 1);
        pn_merkle_add(&tree, &leaf);
    }
    assert_hex(pn_merkle_root(&tree),
               "36642e73c2540ab121e3a6bf9545b0a24982cd830eb13d3cd19de3ce6c021ec1");
}

static void choices_are_repeatable_and_even(void **state) {
    (void)state;
    /* These values are a promise: sticky arms depend on them. */
    assert_true(pn_hash64("", 0, 0) == pn_hash64("", 0, 0));
    assert_true(pn_hash64_str(PN_STR("puntual"), 1) == UINT64_C(0xD83EC55D696DC7FF));
    pn_random random = pn_random_for(42, PN_STR("arms"));
    unsigned buckets[10] = {0};
    for (int i = 0; i < 100000; i++) {
        buckets[pn_random_below(&random, 10)]++;
    }
    for (size_t i = 0; i < 10; i++) {
        assert_in_range(buckets[i], 9600, 10400);
    }
}

/* ── ids ── */

static void ids_grow_even_when_the_clock_does_not(void **state) {
    (void)state;
    pn_id_maker maker = pn_id_maker_from(7, 0);
    pn_time now = (PN_ID_EPOCH_MS + 1000) * 1000;
    pn_id last = 0;
    for (int i = 0; i < 20000; i++) {
        pn_id id = pn_id_next(&maker, i % 3 == 0 ? now - PN_HOUR : now);
        assert_true(id > last);
        last = id;
    }
    pn_id_maker restarted = pn_id_maker_from(7, last);
    assert_true(pn_id_next(&restarted, now) > last);
    assert_int_equal(pn_id_time(pn_id_next(&maker, now + PN_DAY)), now + PN_DAY);
}

static void ids_have_a_public_form(void **state) {
    (void)state;
    char text[PN_ID_TEXT_SIZE];
    pn_id id = 0;
    assert_string_equal(pn_id_text(PN_ID_INVOICE, 1, text), "inv_0000000000001");
    assert_string_equal(pn_id_text(PN_ID_DEBTOR, INT64_MAX, text), "deb_7zzzzzzzzzzzz");
    assert_int_equal(pn_id_parse(PN_ID_DEBTOR, pn_str_of(text), &id), PN_OK);
    assert_true(id == INT64_MAX);
    assert_int_equal(pn_id_parse(PN_ID_DEBTOR, PN_STR("deb_OOOOOOOOOOOOi"), &id), PN_OK);
    assert_int_equal(id, 1);
    const char *bad[] = {"deb_8000000000000",
                         "deb_000000000000",
                         "inv_0000000000001",
                         "deb_000000000000u",
                         "deb_0000000000000",
                         "deb-0000000000001",
                         ""};
    for (size_t i = 0; i < PN_COUNT(bad); i++) {
        assert_int_equal(pn_id_parse(PN_ID_DEBTOR, pn_str_of(bad[i]), &id), PN_INVALID);
    }
}

/* ── money ── */

static int64_t amount(const char *text, const char *code, char decimal, char thousand,
                      pn_err *err) {
    pn_currency currency;
    assert_int_equal(pn_currency_parse(pn_str_of(code), &currency), PN_OK);
    int64_t minor = 0;
    *err = pn_amount_parse(pn_str_of(text), currency, (pn_number_style){decimal, thousand}, &minor,
                           NULL);
    return minor;
}

static void amounts_are_read_as_people_write_them(void **state) {
    (void)state;
    static const struct {
        const char *text, *code;
        char decimal, thousand;
        int64_t minor;
    } CASES[] = {
        {"1.234,56", "EUR", ',', '.', 123456},
        {"1,234.56", "USD", '.', ',', 123456},
        {"1234,5", "EUR", ',', '.', 123450},
        {"€ 1.234,56", "EUR", ',', '.', 123456},
        {"1.234,56 €", "EUR", ',', '.', 123456},
        {"12,00 EUR", "EUR", ',', '.', 1200},
        {"(120.00)", "USD", '.', ',', -12000},
        {"-$3", "MXN", '.', ',', -300},
        {"$-3", "MXN", '.', ',', -300},
        {"12.00-", "USD", '.', ',', -1200},
        {"\xE2\x88\x92"
         "5",
         "EUR", ',', '.', -500},
        {"1 234 567,8", "EUR", ',', '.', 123456780},
        {"1\xC2\xA0"
         "234,50\xC2\xA0€",
         "EUR", ',', '.', 123450},
        {"1'234.50", "CHF", '.', ',', 123450},
        {"15000", "CLP", ',', '.', 15000},
        {"15.000", "CLP", ',', '.', 15000},
        {"10.500", "EUR", '.', ',', 1050},
        {"1.005", "KWD", '.', ',', 1005},
        {".5", "USD", '.', ',', 50},
        {"99999999999999.99", "USD", '.', ',', INT64_C(9999999999999999)},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_err err = PN_OK;
        int64_t minor =
            amount(CASES[i].text, CASES[i].code, CASES[i].decimal, CASES[i].thousand, &err);
        if (err != PN_OK || minor != CASES[i].minor) {
            print_error("%s: %s, %ld\n", CASES[i].text, pn_err_name(err), (long)minor);
            fail();
        }
    }
    static const char *const BAD[] = {"",      "abc",      "1.23.4", "1,2,3", "1.2345,00x", "--1",
                                      "1.505", "12 34,0",  "1.,5",   ",",     "-",          "1e5",
                                      "0x10",  "1.234.56", "£5",     "()",    "1 2 3"};
    for (size_t i = 0; i < PN_COUNT(BAD); i++) {
        pn_err err = PN_OK;
        (void)amount(BAD[i], "EUR", '.', ',', &err);
        if (err == PN_OK) {
            print_error("“%s” was read as an amount\n", BAD[i]);
            fail();
        }
    }
    pn_err err = PN_OK;
    (void)amount("100000000000000.00", "USD", '.', ',', &err);
    assert_int_equal(err, PN_LIMIT);
    (void)amount("99999999999999999999999999999", "USD", '.', ',', &err);
    assert_int_equal(err, PN_LIMIT);
}

static void money_is_written_as_each_country_does(void **state) {
    (void)state;
    static const struct {
        int64_t minor;
        const char *code, *language, *country, *text;
    } CASES[] = {
        {123456789, "EUR", "es", "ES", "1.234.567,89\xC2\xA0€"},
        {-5, "EUR", "es", "ES", "-0,05\xC2\xA0€"},
        {123456, "MXN", "es", "MX", "$1,234.56"},
        {123456, "USD", "es", "MX", "1,234.56\xC2\xA0USD"},
        {123456, "MXN", "es", "ES", "1.234,56\xC2\xA0MXN"},
        {123456, "COP", "es", "CO",
         "$\xC2\xA0"
         "1.234,56"},
        {123456, "CLP", "es", "CL",
         "$\xC2\xA0"
         "123.456"},
        {123456, "PEN", "es", "PE",
         "S/\xC2\xA0"
         "1,234.56"},
        {123456, "BRL", "pt", "BR",
         "R$\xC2\xA0"
         "1.234,56"},
        {123456, "EUR", "en", "IE", "€1,234.56"},
        {100, "EUR", "pt", "PT", "1,00\xC2\xA0€"},
        {123456, "USD", "en", "US", "$1,234.56"},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_money money = {.minor = CASES[i].minor};
        assert_int_equal(pn_currency_parse(pn_str_of(CASES[i].code), &money.currency), PN_OK);
        pn_buf buf;
        pn_buf_init(&buf, 100);
        pn_money_text(&buf, money, pn_str_of(CASES[i].language), pn_str_of(CASES[i].country));
        assert_str(pn_buf_str(&buf), CASES[i].text);
        pn_buf_done(&buf);
    }
}

static void money_never_mixes_or_wraps(void **state) {
    (void)state;
    pn_money euros = {.minor = INT64_MAX, .currency = {"EUR"}};
    pn_money dollars = {.minor = 1, .currency = {"USD"}};
    pn_money cent = {.minor = 1, .currency = {"EUR"}};
    pn_money sum;
    assert_int_equal(pn_money_add(euros, dollars, &sum), PN_INVALID);
    assert_int_equal(pn_money_add(euros, cent, &sum), PN_LIMIT);
    assert_int_equal(pn_money_sub(euros, cent, &sum), PN_OK);
    assert_true(sum.minor == INT64_MAX - 1);
    int64_t scaled = 0;
    /* Ley 3/2004: 1,000 € at 10.15 % for 45 days is 12.51 € */
    assert_int_equal(pn_amount_scale(100000, 1015 * 45, INT64_C(10000) * 365, &scaled), PN_OK);
    assert_int_equal(scaled, 1251);
    assert_int_equal(pn_amount_scale(5, 1, 2, &scaled), PN_OK);
    assert_int_equal(scaled, 3);
    assert_int_equal(pn_amount_scale(-5, 1, 2, &scaled), PN_OK);
    assert_int_equal(scaled, -3);
    assert_int_equal(pn_amount_scale(4, 1, 3, &scaled), PN_OK);
    assert_int_equal(scaled, 1);
    assert_int_equal(pn_amount_scale(INT64_MAX, 3, 2, &scaled), PN_LIMIT);
}

/* ── tables and sorting ── */

static int by_first(const void *a, const void *b) {
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

static void sorting_is_stable(void **state) {
    (void)state;
    for (size_t count = 0; count < 300; count += 7) {
        int pairs[300][2];
        for (size_t i = 0; i < count; i++) {
            pairs[i][0] = (int)(pn_mix64(i) % 10);
            pairs[i][1] = (int)i;
        }
        pn_sort(pairs, count, sizeof pairs[0], by_first, &arena);
        for (size_t i = 1; i < count; i++) {
            assert_true(pairs[i - 1][0] < pairs[i][0] ||
                        (pairs[i - 1][0] == pairs[i][0] && pairs[i - 1][1] < pairs[i][1]));
        }
    }
}

static void tables_keep_what_they_got(void **state) {
    (void)state;
    pn_table table = pn_table_on(&arena);
    static int values[5000];
    for (int i = 0; i < 5000; i++) {
        assert_null(pn_table_put(&table, pn_str_format(&arena, "key %d", i), &values[i]));
        assert_null(pn_table_put_int(&table, i - 2500, &values[i]));
    }
    for (int i = 0; i < 5000; i++) {
        assert_ptr_equal(pn_table_get(&table, pn_str_format(&arena, "key %d", i)), &values[i]);
        assert_ptr_equal(pn_table_get_int(&table, i - 2500), &values[i]);
    }
    assert_null(pn_table_get(&table, PN_STR("key")));
    assert_null(pn_table_get(&table, PN_STR("")));
    assert_ptr_equal(pn_table_put(&table, PN_STR("key 7"), &values[0]), &values[7]);
}

/* ── JSON ── */

static pn_err parse(const char *text, pn_json **ret, pn_diag *diag) {
    return pn_json_parse(pn_str_of(text), NULL, &arena, ret, diag);
}

static void json_is_read_exactly(void **state) {
    (void)state;
    pn_json *value = NULL;
    assert_int_equal(parse(" {\"a\":[1,-2.50e3,\"\\u00f1\\ud83d\\ude00\\n\",true,null],"
                           "\"big\":12345678901234567,\"huge\":123456789012345678901} ",
                           &value, NULL),
                     PN_OK);
    const pn_json *a = pn_json_field(value, "a");
    assert_int_equal(a->count, 5);
    assert_int_equal(a->items[0].integer, 1);
    assert_int_equal(a->items[1].type, PN_JSON_REAL);
    assert_true(pn_json_double(&a->items[1], 0) == -2500.0);
    assert_str(a->items[2].text, "ñ😀\n");
    assert_true(pn_json_int(pn_json_field(value, "big"), 0) == INT64_C(12345678901234567));
    assert_int_equal(pn_json_field(value, "huge")->type, PN_JSON_REAL);
}

static void json_errors_say_where(void **state) {
    (void)state;
    pn_json *value = NULL;
    pn_diag diag;
    assert_int_equal(parse("{\n  \"a\": 1,\n  \"a\": 2}", &value, &diag), PN_INVALID);
    assert_string_equal(diag.where, "line 3, column 3");
    assert_string_equal(diag.what, "This is not valid JSON: a key appears twice in one object.");
    char deep[200];
    memset(deep, '[', sizeof deep);
    deep[199] = '\0';
    assert_int_equal(parse(deep, &value, &diag), PN_LIMIT);
}

static void json_refuses_duplicates_in_large_objects(void **state) {
    (void)state;
    pn_buf text;
    pn_buf_init(&text, 100000);
    pn_buf_add_lit(&text, "{");
    for (int i = 0; i < 1000; i++) {
        pn_buf_add_format(&text, "\"k%d\":%d,", i, i);
    }
    size_t len = text.len;
    pn_buf_add_lit(&text, "\"k999\":-1}");
    pn_json *value = NULL;
    assert_int_equal(pn_json_parse(pn_buf_str(&text), NULL, &arena, &value, NULL), PN_INVALID);
    pn_json_options options = {.duplicate_keys = true};
    assert_int_equal(pn_json_parse(pn_buf_str(&text), &options, &arena, &value, NULL), PN_OK);
    assert_int_equal(value->count, 1000);
    assert_int_equal(pn_json_int(pn_json_field(value, "k999"), 0), -1);
    text.len = len - 1;
    pn_buf_add_lit(&text, "}");
    assert_int_equal(pn_json_parse(pn_buf_str(&text), NULL, &arena, &value, NULL), PN_OK);
    pn_buf_done(&text);
}

static void json_is_written_canonically(void **state) {
    (void)state;
    pn_json *value = NULL;
    assert_int_equal(
        parse("{\"b\":[],\"a\":{\"z\":1.50,\"y\":\"a\\\"\\\\\\u0001<\"},\"c\":{}}", &value, NULL),
        PN_OK);
    pn_buf buf;
    pn_buf_init(&buf, 1000);
    pn_json_writer writer = pn_json_writer_on(&buf, 0);
    pn_json_add_canonical(&writer, value, &arena);
    assert_str(pn_buf_str(&buf),
               "{\"a\":{\"y\":\"a\\\"\\\\\\u0001<\",\"z\":1.50},\"b\":[],\"c\":{}}");
    pn_json *again = NULL;
    assert_int_equal(pn_json_parse(pn_buf_str(&buf), NULL, &arena, &again, NULL), PN_OK);
    assert_true(pn_json_equal(value, again));
    pn_buf_clear(&buf);
    writer = pn_json_writer_on(&buf, 2);
    pn_json_add_value(&writer, value);
    assert_str(pn_buf_str(&buf), "{\n  \"b\": [],\n  \"a\": {\n    \"z\": 1.50,\n    \"y\": "
                                 "\"a\\\"\\\\\\u0001<\"\n  },\n  \"c\": {}\n}");
    pn_buf_done(&buf);
}

/* Grammar only: JSONTestSuite counts duplicate keys as valid JSON, which we refuse by default. */
static void json_test_suite_is_met(void **state) {
    (void)state;
    const char *folder = corpus_or_skip("9-conformance/JSONTestSuite/test_parsing");
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    unsigned seen[2] = {0}, wrong = 0;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char kind = entry->d_name[0];
        if (entry->d_name[1] != '_' || kind == 'i') {
            continue;
        }
        char path[1024];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        pn_json_options options = {.duplicate_keys = true, .depth_max = 600};
        pn_json *value = NULL;
        pn_err err = pn_json_parse(file_read(&arena, path), &options, &arena, &value, NULL);
        seen[kind == 'y']++;
        if ((kind == 'y') != (err == PN_OK)) {
            print_error("%s: %s\n", entry->d_name, pn_err_name(err));
            wrong++;
        }
    }
    (void)closedir(dir);
    print_message("JSONTestSuite: %u accepted, %u refused, %u wrong\n", seen[1], seen[0], wrong);
    assert_int_equal(wrong, 0);
    assert_true(seen[0] > 50 && seen[1] > 30);
}

/* RFC 6901, section 5. */
static void json_pointers_find_what_rfc_6901_says(void **state) {
    (void)state;
    static const char DOCUMENT[] =
        "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,"
        "\"k\\\"l\":6,\" \":7,\"m~n\":8}";
    static const struct {
        const char *pointer;
        int64_t value;
    } CASES[] = {{"/", 0},         {"/a~1b", 1},
                 {"/c%d", 2},      {"/e^f", 3},
                 {"/k\"l", 6},     {"/ ", 7},
                 {"/m~0n", 8},     {"/foo/2", -1},
                 {"/foo/01", -1},  {"/foo/-", -1},
                 {"foo", -1},      {"/no", -1},
                 {"/foo/0/x", -1}, {"/foo/99999999999999999999", -1}};
    pn_arena memory;
    pn_json *json = NULL;
    pn_arena_init(&memory, 0);
    assert_int_equal(pn_json_parse(pn_str_of(DOCUMENT), NULL, &memory, &json, NULL), PN_OK);
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        const pn_json *found = pn_json_at(json, pn_str_of(CASES[i].pointer), &memory);
        assert_int_equal(pn_json_int(found, -1), CASES[i].value);
        assert_true((found == NULL) == (CASES[i].value == -1));
    }
    assert_str(pn_json_text(pn_json_at(json, PN_STR("/foo/1"), &memory), PN_STR("")), "baz");
    assert_ptr_equal(pn_json_at(json, PN_STR(""), &memory), json);
    pn_arena_done(&memory);
}

/* RFC 4648, section 10. */
static void base64_is_read_as_it_is_written(void **state) {
    (void)state;
    static const char *const CASES[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    static const char *const BAD[] = {"Z",    "Zg",   "Zg=",  "Zg===",    "Zm9v\n",
                                      "Zh==", "Zm9=", "=Zm9", "Zg==Zm9v", "Zm-v"};
    pn_buf out;
    pn_buf_init(&out, 100);
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_buf_clear(&out);
        pn_base64_add(&out, CASES[i][0], strlen(CASES[i][0]));
        assert_str(pn_buf_str(&out), CASES[i][1]);
        pn_buf_clear(&out);
        assert_int_equal(pn_base64_read(pn_str_of(CASES[i][1]), &out), PN_OK);
        assert_str(pn_buf_str(&out), CASES[i][0]);
    }
    for (size_t i = 0; i < PN_COUNT(BAD); i++) {
        assert_int_equal(pn_base64_read(pn_str_of(BAD[i]), &out), PN_INVALID);
    }
    pn_buf_done(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_allocation_of_nothing_is_a_place),
        cmocka_unit_test(arena_rewinds_to_a_mark),
        cmocka_unit_test(arena_reports_its_cap),
        cmocka_unit_test(a_diag_is_cut_between_characters),
        cmocka_unit_test(integers_are_read_exactly),
        cmocka_unit_test(texts_split_and_search),
        cmocka_unit_test(utf8_is_checked_by_the_table_of_rfc_3629),
        cmocka_unit_test(folding_joins_what_people_mean),
        cmocka_unit_test(a_buffer_keeps_its_maximum),
        cmocka_unit_test(sha256_gives_the_published_digests),
        cmocka_unit_test(a_merkle_root_is_rfc_6962s),
        cmocka_unit_test(choices_are_repeatable_and_even),
        cmocka_unit_test(ids_grow_even_when_the_clock_does_not),
        cmocka_unit_test(ids_have_a_public_form),
        cmocka_unit_test(amounts_are_read_as_people_write_them),
        cmocka_unit_test(money_is_written_as_each_country_does),
        cmocka_unit_test(money_never_mixes_or_wraps),
        cmocka_unit_test(sorting_is_stable),
        cmocka_unit_test(tables_keep_what_they_got),
        cmocka_unit_test(json_is_read_exactly),
        cmocka_unit_test(json_errors_say_where),
        cmocka_unit_test(json_refuses_duplicates_in_large_objects),
        cmocka_unit_test(json_is_written_canonically),
        cmocka_unit_test(json_test_suite_is_met),
        cmocka_unit_test(json_pointers_find_what_rfc_6901_says),
        cmocka_unit_test(base64_is_read_as_it_is_written),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
