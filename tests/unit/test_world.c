/* The invented world before it lives: tax ids and accounts with their right check digits, people
 * and invoices from one seed. */
#include "unit.h"

#include "base/hash.h"
#include "format/account.h"
#include "format/tax_id.h"
#include "world/tax.h"
#include "world/world.h"

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

/* ── check digits ────────────────────────────────────────────────────────────────────────────── */

static bool spanish(pn_str text) {
    return pn_tax_id_check(text, PN_STR("ES")) == PN_TAX_ID_GOOD;
}

static bool mexican(pn_str text) {
    return pn_tax_id_check(text, PN_STR("MX")) == PN_TAX_ID_GOOD;
}

typedef struct {
    bool (*valid)(pn_str text);
    const char *text;
} published;

/* Ids and accounts that their authorities, or their holders, publish. */
static const published GOOD[] = {
    {spanish, "12345678Z"},
    {spanish, "00000000T"},
    {spanish, "A58818501"},
    {spanish, "A28015865"},
    {mexican, "SAT970701NN3"},
    {mexican, "GODE561231GR8"},
    {pn_iban_valid, "ES9121000418450200051332"},
    {pn_iban_valid, "GB82WEST12345698765432"},
    {pn_clabe_valid, "646180157000000004"},
    {pn_clabe_valid, "032180000118359719"},
    {pn_clabe_valid, "002010077777777771"},
};

static void published_ids_are_right(void **state) {
    (void)state;
    for (size_t i = 0; i < PN_COUNT(GOOD); i++) {
        if (!GOOD[i].valid(pn_str_of(GOOD[i].text))) {
            fail_msg("%s is right and was refused", GOOD[i].text);
        }
    }
    assert_false(pn_clabe_valid(PN_STR("012180015040777777")));
    assert_false(spanish(PN_STR("1234567Z")));
    assert_false(mexican(PN_STR("SAT97070INN3")));
    assert_false(pn_iban_valid(PN_STR("ES91 2100")));
    assert_false(spanish(PN_STR("")));
}

/* One wrong digit anywhere is found out, also where letters stand before it. */
static void a_wrong_digit_is_found(void **state) {
    (void)state;
    for (size_t i = 0; i < PN_COUNT(GOOD); i++) {
        pn_str text = pn_str_of(GOOD[i].text);
        char *changed = pn_arena_copy(&arena, text.ptr, text.len);
        for (size_t at = 0; at < text.len; at++) {
            if (!pn_is_digit(text.ptr[at])) {
                continue;
            }
            changed[at] = text.ptr[at] == '9' ? '0' : (char)(text.ptr[at] + 1);
            if (GOOD[i].valid((pn_str){changed, text.len})) {
                fail_msg("%s with another digit at %zu was taken", GOOD[i].text, at);
            }
            changed[at] = text.ptr[at];
        }
    }
}

static void made_ids_are_right(void **state) {
    (void)state;
    pn_random dice = pn_random_for(7, PN_STR("ids"));
    for (int i = 0; i < 2000; i++) {
        uint32_t number = (uint32_t)pn_random_below(&dice, 10000000);
        pn_date day = (pn_date)pn_random_below(&dice, 18000);
        assert_true(spanish(pn_tax_nif(number * 9, &arena)));
        assert_true(spanish(pn_tax_cif('B', number, &arena)));
        assert_true(mexican(pn_tax_rfc(PN_STR("A&B"), day, PN_STR("Z9"), &arena)));
        assert_true(mexican(pn_tax_rfc(PN_STR("GODE"), day, PN_STR("1A"), &arena)));
        assert_true(pn_iban_valid(pn_tax_iban_es(number % 10000, 418, number, &arena)));
        assert_true(pn_clabe_valid(pn_tax_clabe(999, number % 1000, number, &arena)));
    }
    assert_str(pn_tax_iban_es(2100, 418, 200051332, &arena), "ES9121000418450200051332");
    assert_str(pn_tax_nif(12345678, &arena), "12345678Z");
}

/* ── who there is ────────────────────────────────────────────────────────────────────────────── */

static void check_debtor(const pn_world_debtor *debtor) {
    bool spain = strcmp(debtor->place->country, "ES") == 0;
    bool right =
        spain ? spanish(debtor->tax_id) && pn_is_alpha(debtor->tax_id.ptr[0]) == debtor->company
              : mexican(debtor->tax_id);
    if (!right) {
        fail_msg("%.*s has the tax id %.*s", PN_STR_ARG(debtor->name), PN_STR_ARG(debtor->tax_id));
    }
    assert_true(pn_str_ends(debtor->email, PN_STR(".example")));
    assert_true(debtor->second_email.len == 0 ||
                pn_str_ends(debtor->second_email, PN_STR(".example")));
}

static void the_world_is_plausible(void **state) {
    (void)state;
    pn_world *world = pn_world_new(1, pn_date_of(2026, 2, 2), 120);
    pn_table keys = pn_table_on(&arena), numbers = pn_table_on(&arena);
    size_t *invoices = pn_arena_array(&arena, size_t, world->debtor_count);
    size_t large = 0;
    assert_in_range(world->debtor_count, 350, 450);
    assert_in_range(world->invoice_count, 2200, 2900);
    for (size_t i = 0; i < world->debtor_count; i++) {
        check_debtor(&world->debtors[i]);
        assert_null(pn_table_put(&keys, world->debtors[i].key, world));
        large += world->debtors[i].large;
    }
    for (size_t i = 0; i < world->invoice_count; i++) {
        const pn_world_invoice *invoice = &world->invoices[i];
        assert_null(pn_table_put(&numbers, invoice->number, world));
        assert_true(invoice->amount > 0 && invoice->due > invoice->issued);
        assert_true(i == 0 || invoice->issued >= world->invoices[i - 1].issued);
        invoices[invoice->debtor]++;
    }
    assert_int_equal(large, 10);
    for (size_t i = 0; i < world->debtor_count; i++) {
        assert_true(!world->debtors[i].large || invoices[i] == 40);
    }
    for (size_t i = 0; i < pn_world_creditor_count(); i++) {
        const pn_world_creditor *creditor = pn_world_creditor_at(i);
        pn_str tax_id = pn_str_of(creditor->tax_id), country = pn_str_of(creditor->country);
        pn_str account = pn_world_account(country, i, &arena);
        assert_true(spanish(tax_id) || mexican(tax_id));
        assert_true(pn_iban_valid(account) || pn_clabe_valid(account));
    }
    pn_world_free(world);
}

static uint64_t digest(uint64_t seed) {
    pn_world *world = pn_world_new(seed, pn_date_of(2026, 2, 2), 60);
    uint64_t hash = 0;
    for (size_t i = 0; i < world->debtor_count; i++) {
        const pn_world_debtor *debtor = &world->debtors[i];
        hash = pn_hash64_str(debtor->name, hash);
        hash = pn_hash64_str(debtor->tax_id, hash);
        hash = pn_hash64_str(debtor->email, hash + debtor->habit * 10U + debtor->mailbox);
    }
    for (size_t i = 0; i < world->invoice_count; i++) {
        const pn_world_invoice *invoice = &world->invoices[i];
        hash = pn_hash64_str(invoice->number, hash + (uint64_t)invoice->amount);
        hash = pn_hash64_str(invoice->product, hash + (uint64_t)invoice->due);
    }
    pn_world_free(world);
    return hash;
}

static void everything_follows_from_the_seed(void **state) {
    (void)state;
    assert_true(digest(1) == digest(1));
    assert_true(digest(1) != digest(2));
    assert_true(digest(2) != digest(3));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_ids_are_right),
        cmocka_unit_test(a_wrong_digit_is_found),
        cmocka_unit_test(made_ids_are_right),
        cmocka_unit_test(the_world_is_plausible),
        cmocka_unit_test(everything_follows_from_the_seed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
