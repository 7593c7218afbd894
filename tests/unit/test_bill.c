/* What invoices bill: sums of lines and taxes against the invoice's amount, in the roundings that
 * invoices are made with. */
#include "unit.h"

#include "core/bill.h"

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

static pn_line_tax rate(pn_tax_kind kind, const char *label, int64_t ppm) {
    return (pn_line_tax){
        .kind = kind, .label = pn_str_of(label), .rate_ppm = ppm, .amount = PN_MILLIONTHS_NONE};
}

/* Lines of these nets, each with these taxes. */
static pn_bill bill_of(const int64_t *nets, size_t count, const pn_line_tax *taxes,
                       size_t tax_count) {
    pn_bill bill = {.lines = pn_arena_array(&arena, pn_bill_line, count), .line_count = count};
    for (size_t i = 0; i < count; i++) {
        bill.lines[i] = (pn_bill_line){.number = (int64_t)i + 1, .net = nets[i]};
        for (size_t j = 0; j < tax_count; j++) {
            bill.lines[i].taxes[bill.lines[i].tax_count++] = taxes[j];
        }
    }
    return bill;
}

/* "tax IVA 210000 of 100000: 21000" a row */
static pn_str rows(const pn_bill *bill) {
    pn_buf text;
    pn_buf_init(&text, 4000);
    for (size_t i = 0; i < bill->tax_count; i++) {
        const pn_tax_row *row = &bill->taxes[i];
        pn_buf_add_format(&text, "%s%s %.*s %lld of %lld: %lld", i == 0 ? "" : "; ",
                          pn_tax_kind_name(row->kind), PN_STR_ARG(row->label),
                          (long long)row->rate_ppm, (long long)row->base, (long long)row->amount);
    }
    pn_str copy = pn_str_dup(&arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static int64_t shares(const pn_bill *bill) {
    int64_t sum = 0;
    for (size_t i = 0; i < bill->line_count; i++) {
        sum += bill->lines[i].amount;
    }
    return sum;
}

static void taxes_are_summed_by_kind_and_rate(void **state) {
    (void)state;
    pn_bill bill = {.lines = pn_arena_array(&arena, pn_bill_line, 3), .line_count = 3};
    bill.lines[0] = (pn_bill_line){.net = 10000, .tax_count = 1};
    bill.lines[0].taxes[0] = rate(PN_TAX_ADDED, "IVA", 100000);
    bill.lines[1] = (pn_bill_line){.net = 20000, .tax_count = 2};
    bill.lines[1].taxes[0] = rate(PN_TAX_ADDED, "IVA", 210000);
    bill.lines[1].taxes[1] = rate(PN_TAX_ADDED, "Recargo", 52000);
    bill.lines[2] = (pn_bill_line){.net = 5000, .tax_count = 1};
    bill.lines[2].taxes[0] = rate(PN_TAX_ADDED, "IVA", 210000);
    pn_bill_sums sums;
    assert_int_equal(pn_bill_sum(&bill, 35000 + 1000 + 5250 + 1040, &arena, &sums), PN_OK);
    assert_true(sums.exact);
    assert_str(rows(&bill), "tax IVA 210000 of 25000: 5250; tax IVA 100000 of 10000: 1000; "
                            "tax Recargo 52000 of 20000: 1040");
    assert_int_equal(bill.lines[1].amount, 20000 + 4200 + 1040);
    assert_int_equal(bill.lines[1].tax_ppm, 210000);
    assert_int_equal(shares(&bill), sums.total);
}

static void both_roundings_are_tried(void **state) {
    (void)state;
    /* 3 × 0.33 at 21 %: 0.2079 of the sum is 0.21, 0.0693 a line is 0.07 each: 0.21 as well;
     * 3 × 0.12: 0.0756 is 0.08 of the sum, 0.03 a line: 0.09 */
    static const int64_t NETS[] = {12, 12, 12};
    pn_line_tax iva = rate(PN_TAX_ADDED, "IVA", 210000);
    pn_bill_sums sums;
    pn_bill bill = bill_of(NETS, 3, &iva, 1);
    assert_int_equal(pn_bill_sum(&bill, 36 + 8, &arena, &sums), PN_OK);
    assert_true(sums.exact);
    assert_int_equal(bill.taxes[0].amount, 8);
    bill = bill_of(NETS, 3, &iva, 1);
    assert_int_equal(pn_bill_sum(&bill, 36 + 9, &arena, &sums), PN_OK);
    assert_true(sums.exact);
    assert_int_equal(bill.taxes[0].amount, 9);
    assert_int_equal(shares(&bill), 45);
}

static void withholding_is_read_from_the_amount(void **state) {
    (void)state;
    static const int64_t NETS[] = {100000};
    pn_line_tax taxes[] = {rate(PN_TAX_ADDED, "IVA", 210000),
                           rate(PN_TAX_WITHHELD, "Retención IRPF", 150000)};
    pn_bill_sums sums;
    pn_bill bill = bill_of(NETS, 1, taxes, 2);
    assert_int_equal(pn_bill_sum(&bill, 106000, &arena, &sums), PN_OK); /* Spain: less IRPF */
    assert_true(sums.exact && sums.withheld_deducted);
    assert_int_equal(bill.lines[0].amount, 106000);
    assert_str(
        rows(&bill),
        "tax IVA 210000 of 100000: 21000; withholding Retención IRPF 150000 of 100000: 15000");
    bill = bill_of(NETS, 1, taxes, 2);
    assert_int_equal(pn_bill_sum(&bill, 121000, &arena, &sums), PN_OK); /* withheld when paid */
    assert_true(sums.exact && !sums.withheld_deducted);
    assert_int_equal(bill.lines[0].amount, 121000);
}

static void a_difference_beyond_rounding_does_not_fit(void **state) {
    (void)state;
    static const int64_t NETS[] = {10000, 5000};
    pn_line_tax iva = rate(PN_TAX_ADDED, "IVA", 210000);
    static const struct {
        int64_t amount;
        bool fits;
    } CASES[] = {{18150, true}, {18153, true}, {18147, true}, {18154, false}, {15000, false}};
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_bill_sums sums, again;
        pn_bill bill = bill_of(NETS, 2, &iva, 1);
        assert_int_equal(pn_bill_sum(&bill, CASES[i].amount, &arena, &sums), PN_OK);
        assert_int_equal(sums.fits, CASES[i].fits);
        assert_int_equal(shares(&bill), CASES[i].fits ? CASES[i].amount : 18150);
        assert_int_equal(pn_bill_check(&bill, CASES[i].amount, &again), PN_OK);
        assert_int_equal(again.fits, sums.fits);
        assert_int_equal(again.total, sums.total);
    }
}

static void a_line_is_quantity_times_price_less_discount(void **state) {
    (void)state;
    static const struct {
        int64_t quantity, price, discount_ppm, discount, expected;
        int32_t scale;
    } CASES[] = {
        {3000000, 12500000, 0, 0, 3750, 100},
        {1500000, 999000, 0, 0, 150, 100},  /* 1.4985 */
        {1000000, 125000, 0, 0, 13, 100},   /* 0.125: the half away from zero */
        {-1000000, 125000, 0, 0, -13, 100}, /* the same for a credit */
        {1234567, 345678, 0, 0, 43, 100},   /* 0.426763…: electricity */
        {10000000, 100000000, 100000, 0, 90000, 100},
        {10000000, 100000000, 0, 5000, 95000, 100},
        {2000000, 1990000000, 0, 0, 3980, 1}, /* pesos without cents */
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_bill_line line = {.quantity = CASES[i].quantity,
                             .unit_price = CASES[i].price,
                             .discount_ppm = CASES[i].discount_ppm,
                             .discount = CASES[i].discount};
        int64_t net = 0;
        assert_int_equal(pn_bill_line_net(&line, CASES[i].scale, &net), PN_OK);
        assert_int_equal(net, CASES[i].expected);
    }
    pn_bill_line huge = {.quantity = PN_AMOUNT_MAX, .unit_price = PN_AMOUNT_MAX};
    int64_t net = 0;
    assert_int_equal(pn_bill_line_net(&huge, 100, &net), PN_LIMIT);
}

static void sums_beyond_what_is_kept_are_refused(void **state) {
    (void)state;
    static const int64_t NETS[] = {PN_AMOUNT_MAX, 1};
    pn_bill_sums sums;
    pn_bill bill = bill_of(NETS, 2, NULL, 0);
    assert_int_equal(pn_bill_sum(&bill, 1, &arena, &sums), PN_LIMIT);
    assert_int_equal(pn_bill_check(&bill, 1, &sums), PN_LIMIT);
}

static void taxes_have_their_country_s_names(void **state) {
    (void)state;
    assert_str(pn_tax_label(PN_TAX_WITHHELD, false, PN_STR("ES")), "Retención IRPF");
    assert_str(pn_tax_label(PN_TAX_WITHHELD, true, PN_STR("MX")), "Retención IVA");
    assert_str(pn_tax_label(PN_TAX_ADDED, false, PN_STR("PE")), "IGV");
    assert_str(pn_tax_label(PN_TAX_ADDED, false, PN_STR("XX")), "IVA");
    assert_str(pn_tax_label(PN_TAX_ADDED, false, PN_STR_NONE), "IVA");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(taxes_are_summed_by_kind_and_rate),
        TEST(both_roundings_are_tried),
        TEST(withholding_is_read_from_the_amount),
        TEST(a_difference_beyond_rounding_does_not_fit),
        TEST(a_line_is_quantity_times_price_less_discount),
        TEST(sums_beyond_what_is_kept_are_refused),
        TEST(taxes_have_their_country_s_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
