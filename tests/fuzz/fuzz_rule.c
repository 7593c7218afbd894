/* Fuzzes rules: the compiler, the predicate, SQL for both databases, words. Checked besides memory:
 * a refusal has a sentence; SQL holds nothing of the input and as many placeholders as parameters;
 * the answer does not change before the announced day. */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "core/rule/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static const pn_attr ATTRS[] = {
    {.key = {"sector", 6}, .type = PN_ATTR_TEXT, .text = {"Fibra", 5}, .fold = {"fibra", 5}},
    {.key = {"score", 5}, .type = PN_ATTR_NUMBER, .number = 25000},
    {.key = {"renewal", 7}, .type = PN_ATTR_DATE, .number = 20540},
    {.key = {"vip", 3}, .type = PN_ATTR_BOOL, .number = 1},
    {.key = {"x", 1}, .type = PN_ATTR_TEXT},
};
static const pn_line LINES[] = {
    {.sku = {"a-1", 3}, .product = {"fibra", 5}, .amount = 1000},
    {.description = {"cuota", 5}, .amount = 5000},
};

static pn_facts facts_of(pn_item *item, pn_subject subject) {
    *item = (pn_item){.id = 1,
                      .number_fold = PN_STR("f-2026"),
                      .product = PN_STR("fibra"),
                      .currency = {"EUR"},
                      .scale = 100,
                      .issued = 20480,
                      .due = 20510,
                      .effective_due = 20512,
                      .amount = 300000,
                      .open = 250050,
                      .claimable = 200000,
                      .reopened_at = PN_TIME_NONE,
                      .attrs = ATTRS,
                      .attr_count = PN_COUNT(ATTRS),
                      .lines = LINES,
                      .line_count = PN_COUNT(LINES)};
    pn_facts facts = {.today = 20520, .subject = subject, .items = item, .item_count = 1};
    facts.item = subject == PN_SUBJECT_INVOICE ? item : NULL;
    facts.account.currency = item->currency;
    facts.account.scale = 100;
    facts.debtor.country = PN_STR("ES");
    facts.debtor.name = PN_STR("núñez");
    facts.debtor.attrs = ATTRS;
    facts.debtor.attr_count = PN_COUNT(ATTRS);
    pn_facts_sum(&facts);
    return facts;
}

static void evaluate(const pn_rule *rule, pn_subject subject) {
    pn_item item;
    pn_facts facts = facts_of(&item, subject);
    bool holds = pn_rule_holds(rule, &facts);
    pn_date change = pn_rule_next_change(rule, &facts);
    check(change == PN_DATE_NONE || (change > facts.today && change <= PN_DATE_LAST));
    pn_date last = facts.today + 40;
    last = change != PN_DATE_NONE && change < last ? change : last;
    while (++facts.today < last) {
        pn_facts_sum(&facts);
        check(pn_rule_holds(rule, &facts) == holds);
    }
}

static void as_sql(const pn_rule *rule, pn_sql_dialect dialect, pn_arena *arena) {
    pn_buf sql;
    pn_buf_init(&sql, 1 << 22);
    pn_sql_param *params = NULL;
    size_t count = 0;
    check(pn_rule_sql(rule, dialect, 20520, 3, arena, &sql, &params, &count) == PN_OK);
    size_t placeholders = 0;
    for (size_t i = 0; i < sql.len; i++) {
        char c = sql.ptr[i];
        placeholders += c == '$';
        check(pn_is_alpha(c) || pn_is_digit(c) ||
              memchr(" $()_.,*=<>+-/%'", c, sizeof " $()_.,*=<>+-/%'" - 1) != NULL);
    }
    check(placeholders == count);
    for (size_t i = 0; i < count; i++) {
        check(!params[i].is_text || pn_utf8_valid(params[i].text));
    }
    pn_buf_done(&sql);
}

static void in_words(const pn_rule *rule) {
    static const char *const LANGUAGES[] = {"es", "en", "pt", ""};
    for (size_t i = 0; i < PN_COUNT(LANGUAGES); i++) {
        pn_buf words;
        pn_buf_init(&words, 1 << 20);
        pn_rule_words(rule, pn_str_of(LANGUAGES[i]), &words);
        check(words.len > 0 && pn_utf8_valid(pn_buf_str(&words)));
        pn_buf_done(&words);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_json *json = NULL;
    if (pn_json_parse((pn_str){(const char *)data, size}, NULL, &arena, &json, NULL) == PN_OK) {
        for (int subject = PN_SUBJECT_INVOICE; subject <= PN_SUBJECT_ACCOUNT; subject++) {
            const pn_rule *rule = NULL;
            pn_diag diag = {0};
            pn_err err = pn_rule_compile(json, (pn_subject)subject, &arena, &rule, &diag);
            check(err == PN_OK || (err == PN_INVALID && rule == NULL && diag.what[0] != '\0'));
            if (err == PN_OK) {
                evaluate(rule, (pn_subject)subject);
                as_sql(rule, PN_DIALECT_SQLITE, &arena);
                as_sql(rule, PN_DIALECT_PG, &arena);
                in_words(rule);
            }
        }
    }
    pn_arena_done(&arena);
    return 0;
}
