/* A rule as a predicate over facts and the same rule as SQL select the same invoices and accounts.
 *
 * Random rows go into a database with the real schema through the store's own functions; the facts
 * are built from the same rows. Random rules of every field, operator and nesting are then asked
 * both ways. A failure prints the seed (PUNTUAL_SEED=…), the rule, its SQL and the row. */
#define _GNU_SOURCE
#include "random_rule.h"

#include "place.h"
#include "base/utf8.h"
#include "store/debtor.h"
#include "store/bill.h"
#include "store/invoice.h"
#include "store/org.h"
#include "store/schema.h"

enum { CREDITORS = 3, DEBTORS = 400, CASES_MAX = DEBTORS * 2, RULES = 5000, ORG = 1 };

static pn_arena rows_arena, rule_arena;
static pn_facts cases[CASES_MAX]; /* one an account */
static size_t case_count;
static pn_id next_id = 100;
static pn_date today;
static pn_db *db;
static place at;

/* ── rows ────────────────────────────────────────────────────────────────────────────────────── */

static pn_str fold(pn_str text) {
    return pn_utf8_fold(&rows_arena, text, false);
}

static void insert_creditor(pn_id id) {
    static const char *const NAMES[CREDITORS] = {"Fibra", "Núñez", "ACME, S.A."};
    pn_creditor_row row = {.id = id,
                           .org_id = ORG,
                           .name = pn_str_of(NAMES[id - 1]),
                           .name_fold = fold(pn_str_of(NAMES[id - 1])),
                           .country = id == 1 ? PN_STR("ES") : PN_STR("mx"),
                           .statement_through = PN_DATE_NONE,
                           .data_as_of = PN_TIME_NONE};
    assert_int_equal(pn_creditor_insert(db, &row), PN_OK);
}

static void insert_attrs(pn_id debtor, pn_id owner, const pn_attr *attrs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(pn_attribute_put(db, ORG, debtor, owner, &attrs[i]), PN_OK);
    }
}

static pn_debtor_fact insert_debtor(pn_random *random) {
    pn_debtor_row row = {.id = ++next_id,
                         .org_id = ORG,
                         .creditor_id = 1,
                         .external_id = random_word(random),
                         .name = random_word(random),
                         .country = random_country(random),
                         .region = random_region(random),
                         .language = random_language(random),
                         .owner = random_word(random),
                         .salesperson = random_word(random),
                         .channels = (uint32_t)pn_random_below(random, 256),
                         .barred_until = PN_DATE_NONE};
    row.external_id_fold = fold(row.external_id);
    row.name_fold = fold(row.name);
    row.owner_fold = fold(row.owner);
    row.salesperson_fold = fold(row.salesperson);
    assert_int_equal(pn_debtor_insert(db, &row), PN_OK);
    pn_debtor_fact fact = {.id = row.id,
                           .external_id = row.external_id_fold,
                           .name = row.name_fold,
                           .country = row.country,
                           .region = row.region,
                           .language = row.language,
                           .owner = row.owner_fold,
                           .salesperson = row.salesperson_fold,
                           .channels = row.channels,
                           .promises_broken = (int32_t)pn_random_below(random, 4),
                           .promises_kept = (int32_t)pn_random_below(random, 3)};
    for (int i = 0; i < fact.promises_broken + fact.promises_kept; i++) {
        bool kept = i >= fact.promises_broken;
        assert_int_equal(pn_debtor_count_promise(db, row.id, kept), PN_OK);
    }
    fact.attrs = random_attrs(random, &rows_arena, today, &fact.attr_count);
    insert_attrs(row.id, row.id, fact.attrs, fact.attr_count);
    return fact;
}

static pn_item random_item(pn_random *random, const pn_account_fact *account) {
    pn_date due = today + (pn_date)between(random, -60, 60);
    bool closed = one_in(random, 5);
    pn_item item = {
        .id = ++next_id,
        .number_fold = fold(random_word(random)),
        .currency = account->currency,
        .scale = account->scale,
        .issued = due - (pn_date)between(random, 0, 60),
        .due = due,
        .effective_due = due + (pn_date)between(random, 0, 5),
        .amount = random_minor(random),
        .open = closed ? 0 : random_minor(random),
        .claimable = closed || one_in(random, 3) ? 0 : random_minor(random),
        .disputed = one_in(random, 3) ? random_minor(random) : 0,
        .promised = one_in(random, 3) ? random_minor(random) : 0,
        .closed = closed ? PN_CLOSED_PAID : PN_CLOSED_NOT,
        .closed_at = closed ? 5 : PN_TIME_NONE,
        .reopened_at = one_in(random, 3) ? 5 : PN_TIME_NONE,
        .tone_received = (uint8_t)pn_random_below(random, 6),
        .tone_on = PN_DATE_NONE,
        .interest_until = PN_DATE_NONE,
    };
    item.attrs = random_attrs(random, &rows_arena, today, &item.attr_count);
    item.lines = random_lines(random, &rows_arena, &item.line_count);
    return item;
}

static void insert_invoice(pn_random *random, const pn_facts *facts, pn_item *item) {
    pn_str product = random_word(random);
    item->product = fold(product);
    item->number = pn_str_format(&rows_arena, "%lld", (long long)item->id);
    pn_invoice_row row = {.item = *item,
                          .debtor_id = facts->debtor.id,
                          .org_id = ORG,
                          .creditor_id = facts->creditor.id,
                          .account_id = facts->account.id,
                          .product = product,
                          .portal_accepted = PN_DATE_NONE,
                          .paid_reported_until = PN_DATE_NONE};
    assert_int_equal(pn_invoice_insert(db, &row), PN_OK);
    assert_int_equal(
        pn_invoice_raise_tone(db, row.debtor_id, item->id, item->tone_received, PN_DATE_NONE),
        PN_OK);
    insert_attrs(row.debtor_id, item->id, item->attrs, item->attr_count);
    pn_bill bill = {.lines = pn_arena_array(&rows_arena, pn_bill_line, item->line_count + 1),
                    .line_count = item->line_count};
    for (size_t i = 0; i < item->line_count; i++) {
        const pn_line *line = &item->lines[i];
        bill.lines[i] = (pn_bill_line){.number = (int64_t)i + 1,
                                       .sku = line->sku,
                                       .product = line->product,
                                       .description = line->description,
                                       .quantity = PN_MILLIONTHS_NONE,
                                       .unit_price = PN_MILLIONTHS_NONE,
                                       .tax_ppm = PN_MILLIONTHS_NONE,
                                       .amount = line->amount};
    }
    assert_int_equal(pn_bill_put(db, ORG, row.debtor_id, item->id, &bill, &rows_arena), PN_OK);
}

static void insert_account(pn_random *random, const pn_debtor_fact *debtor, pn_id creditor) {
    pn_facts *facts = &cases[case_count++];
    *facts = (pn_facts){.today = today, .debtor = *debtor};
    facts->creditor.id = creditor;
    facts->creditor.name = creditor == 1   ? PN_STR("fibra")
                           : creditor == 2 ? PN_STR("núñez")
                                           : PN_STR("acme, s.a.");
    facts->creditor.country = creditor == 1 ? PN_STR("ES") : PN_STR("mx");
    facts->account.id = ++next_id;
    facts->account.currency = random_currency(random, &facts->account.scale);
    facts->item_count = pn_random_below(random, 5);
    pn_item *items = pn_arena_array(&rows_arena, pn_item, facts->item_count + 1);
    facts->items = items;
    for (size_t i = 0; i < facts->item_count; i++) {
        items[i] = random_item(random, &facts->account);
        insert_invoice(random, facts, &items[i]);
    }
    pn_facts_sum(facts);
    pn_account_row row = {.debtor_id = debtor->id,
                          .id = facts->account.id,
                          .org_id = ORG,
                          .creditor_id = creditor,
                          .currency = facts->account.currency,
                          .scale = facts->account.scale,
                          .open = facts->account.open,
                          .claimable = facts->account.claimable,
                          .open_items = facts->account.open_items,
                          .claimable_items = facts->account.claimable_items,
                          .oldest_due = facts->account.oldest_due,
                          .chase_hold_until = PN_TIME_NONE};
    assert_int_equal(pn_account_insert(db, &row), PN_OK);
}

static void fill(pn_random *random) {
    pn_diag diag = {0};
    pn_db_options options = {.mode = PN_DB_WRITE, .create = true};
    assert_int_equal(pn_db_open(at.url, &options, &db, &diag), PN_OK);
    if (pn_schema_migrate(db, 0, &diag) != PN_OK) {
        print_error("%s\n", diag.what);
        fail();
    }
    unsigned log = 0;
    assert_int_equal(pn_db_begin(db, PN_SCOPE_DATABASE, 0, &log), PN_OK);
    for (pn_id id = 1; id <= CREDITORS; id++) {
        insert_creditor(id);
    }
    for (int i = 0; i < DEBTORS; i++) {
        pn_debtor_fact debtor = insert_debtor(random);
        pn_id creditor = between(random, 1, CREDITORS);
        insert_account(random, &debtor, creditor);
        if (one_in(random, 2)) {
            insert_account(random, &debtor, creditor % CREDITORS + 1);
        }
    }
    assert_int_equal(pn_db_commit(db), PN_OK);
}

/* ── asking both ways ────────────────────────────────────────────────────────────────────────── */

typedef struct {
    uint64_t seed;
    pn_subject subject;
    const pn_rule *rule;
    pn_str json, sql;
    bool *selected; /* by id */
    size_t hits, rows;
} question;

static const char *const SELECT[] = {
    [PN_SUBJECT_INVOICE] =
        "SELECT i.id FROM invoice i"
        " JOIN account a ON a.debtor_id = i.debtor_id AND a.id = i.account_id"
        " JOIN debtor d ON d.id = i.debtor_id JOIN creditor c ON c.id = i.creditor_id"
        " WHERE i.org_id = $1 AND ",
    [PN_SUBJECT_ACCOUNT] = "SELECT a.id FROM account a JOIN debtor d ON d.id = a.debtor_id"
                           " JOIN creditor c ON c.id = a.creditor_id WHERE a.org_id = $1 AND ",
};

static void bind(pn_stmt *stmt, int number, const pn_sql_param *param) {
    if (param->is_text) {
        pn_bind_str(stmt, number, param->text);
    } else {
        pn_bind_int(stmt, number, param->number);
    }
}

/* Marks what SQL selects; false for a rule with more parameters than a statement may have. */
static bool ask_sql(question *q) {
    pn_buf sql;
    pn_diag diag = {0};
    pn_buf_init(&sql, 1 << 20);
    pn_buf_add_z(&sql, SELECT[q->subject]);
    pn_sql_param *params = NULL;
    size_t count = 0;
    assert_int_equal(pn_rule_sql(q->rule, pn_db_speaks_pg(db) ? PN_DIALECT_PG : PN_DIALECT_SQLITE,
                                 today, 2, &rule_arena, &sql, &params, &count),
                     PN_OK);
    q->sql = pn_str_of(pn_str_z(&rule_arena, pn_buf_str(&sql)));
    pn_buf_done(&sql);
    pn_stmt *stmt = NULL;
    pn_err err = pn_db_prepare(db, q->sql.ptr, &stmt, &diag);
    if (err == PN_LIMIT) {
        return false;
    }
    if (err != PN_OK) {
        fail_msg("%s\n%s\n%s\n", q->json.ptr, q->sql.ptr, diag.what);
    }
    bind(stmt, 1, &(pn_sql_param){.number = ORG});
    for (size_t i = 0; i < count; i++) {
        bind(stmt, (int)i + 2, &params[i]);
    }
    while ((err = pn_row_next(stmt)) == PN_OK) {
        int64_t id = pn_col_int(stmt, 0);
        assert_true(id > 0 && id <= next_id && !q->selected[id]);
        q->selected[id] = true;
    }
    if (err != PN_NOT_FOUND) {
        fail_msg("%s\n%s\n%s\n", q->json.ptr, q->sql.ptr, pn_db_error(db));
    }
    pn_stmt_free(stmt);
    return true;
}

static void compare(question *q, const pn_facts *facts, pn_id id) {
    bool holds = pn_rule_holds(q->rule, facts);
    q->rows++;
    q->hits += holds;
    if (holds != q->selected[id]) {
        print_error("PUNTUAL_SEED=%llu: %s %lld %s the predicate, %s SQL\n%s\n%s\n",
                    (unsigned long long)q->seed, pn_subject_name(q->subject), (long long)id,
                    holds ? "meets" : "does not meet", q->selected[id] ? "meets" : "does not meet",
                    q->json.ptr, q->sql.ptr);
        fail();
    }
}

static void ask_facts(question *q) {
    for (size_t i = 0; i < case_count; i++) {
        pn_facts facts = cases[i];
        facts.subject = q->subject;
        if (q->subject == PN_SUBJECT_ACCOUNT) {
            compare(q, &facts, facts.account.id);
            continue;
        }
        for (size_t j = 0; j < facts.item_count; j++) {
            facts.item = &facts.items[j];
            compare(q, &facts, facts.item->id);
        }
    }
}

static void predicate_and_sql_agree(void **state) {
    (void)state;
    uint64_t seed = random_seed();
    pn_random random = pn_random_for(seed, PN_STR("rule as SQL"));
    assert_int_equal(pn_date_parse_iso(PN_STR("2026-03-10"), &today), PN_OK);
    fill(&random);
    pn_buf json;
    pn_buf_init(&json, 1 << 20);
    size_t telling = 0, too_long = 0;
    for (int i = 0; i < RULES; i++) {
        pn_arena_reset(&rule_arena);
        question q = {.seed = seed,
                      .subject = one_in(&random, 3) ? PN_SUBJECT_ACCOUNT : PN_SUBJECT_INVOICE};
        random_rule(&random, q.subject, today, &json);
        q.json = pn_str_dup(&rule_arena, pn_buf_str(&json));
        q.selected = pn_arena_array(&rule_arena, bool, (size_t)next_id + 1);
        pn_json *document = NULL;
        assert_int_equal(pn_json_parse(q.json, NULL, &rule_arena, &document, NULL), PN_OK);
        assert_int_equal(pn_rule_compile(document, q.subject, &rule_arena, &q.rule, NULL), PN_OK);
        if (!ask_sql(&q)) {
            too_long++;
            continue;
        }
        ask_facts(&q);
        telling += q.hits > 0 && q.hits < q.rows;
    }
    pn_buf_done(&json);
    assert_true(telling > RULES / 2); /* most rules tell some rows from others */
    assert_true(too_long < RULES / 20);
}

static int set_up(void **state) {
    (void)state;
    place_begin(&at);
    pn_arena_init(&rows_arena, 0);
    pn_arena_init(&rule_arena, 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_db_close(db);
    place_end(&at);
    pn_arena_done(&rows_arena);
    pn_arena_done(&rule_arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(predicate_and_sql_agree, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
