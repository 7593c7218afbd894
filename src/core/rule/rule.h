/* Rules: entry conditions, decisions, filters, segments.
 *
 *   ["invoice.open", ">", 3000]        ["invoice.product", "in", ["fibra", "tv"]]
 *   {"all": […]}  {"any": […]}  {"not": …}      ["debtor.attr.sector", "missing"]
 *
 * One rule compiles to a predicate over facts and to parameterised SQL for both databases; a
 * property test shows that they agree. Two-valued: a comparison with a missing value is false,
 * `missing` and `present` are operators. Texts compare bytewise over their folded form. `today` is
 * a parameter. Money literals are in major units, as number or text with up to two decimals.
 *
 * Operators: = != < <= > >= between in missing present contains starts
 * A date literal is "2026-03-01", "today", "today+5" or "today-5". An attribute meets literals of
 * its own type only; a text that is a date meets both texts and dates, with < <= > >= between
 * dates. */
#ifndef PN_CORE_RULE_RULE_H
#define PN_CORE_RULE_RULE_H

#include "base/json.h"
#include "core/rule/field.h"

typedef struct pn_rule pn_rule;

/* Compiles for a subject; fields of the other one are refused. `json` must outlive nothing: what is
 * kept is copied to the arena. The diag's `where` is a JSON pointer inside the rule. */
PN_MUST_USE pn_err pn_rule_compile(const pn_json *json, pn_subject subject, pn_arena *arena,
                                   const pn_rule **ret_rule, pn_diag *diag);

/* Does the rule hold? For an invoice's rule `facts->item` is the invoice. */
bool pn_rule_holds(const pn_rule *rule, const pn_facts *facts);

/* The first day after `facts->today` on which the rule's answer may differ though nothing but the
 * date changed; PN_DATE_NONE when the date does not matter. */
pn_date pn_rule_next_change(const pn_rule *rule, const pn_facts *facts);

/* What a rule reads, so that a loader can leave out the rest. */
enum {
    PN_NEEDS_INVOICE_ATTRS = 1,
    PN_NEEDS_DEBTOR_ATTRS = 2,
    PN_NEEDS_LINES = 4,
};
unsigned pn_rule_needs(const pn_rule *rule);

/* SQL. The text holds $n placeholders from `first_placeholder` on; parameters are in that order. */
typedef struct {
    bool is_text;
    pn_str text;
    int64_t number;
} pn_sql_param;

typedef enum { PN_DIALECT_SQLITE, PN_DIALECT_PG } pn_sql_dialect;

/* A boolean expression over the aliases i, a, d, c. `today` is bound as its own parameter where
 * the rule needs it. LIMIT when it does not fit in `sql`. */
PN_MUST_USE pn_err pn_rule_sql(const pn_rule *rule, pn_sql_dialect dialect, pn_date today,
                               unsigned first_placeholder, pn_arena *arena, pn_buf *sql,
                               pn_sql_param **ret_params, size_t *ret_count);

/* The rule in words, for the console, diffs and explanations ("importe > 3.000"). */
void pn_rule_words(const pn_rule *rule, pn_str language, pn_buf *out);

#endif
