/* The field registry: everything that a rule can ask about.
 *
 * One entry gives a field's name, type, how facts answer it, how SQL answers it, and its label in
 * three languages; the validator, both evaluators, the JSON schema, the console's rule builder and
 * the documentation are made from it. */
#ifndef PN_CORE_RULE_FIELD_H
#define PN_CORE_RULE_FIELD_H

#include "core/fact.h"

typedef enum {
    PN_FIELD_TEXT,
    PN_FIELD_INT,
    PN_FIELD_NUMBER, /* attributes: a decimal in ten-thousandths */
    PN_FIELD_MONEY,  /* minor units; literals are in major units */
    PN_FIELD_DATE,
    PN_FIELD_BOOL,
} pn_field_type;

const char *pn_field_type_name(pn_field_type type);

/* Where a field exists: bit 0 in flows and lists of invoices, bit 1 in those of accounts. */
enum { PN_FIELD_OF_INVOICE = 1, PN_FIELD_OF_ACCOUNT = 2, PN_FIELD_OF_BOTH = 3 };

/* A value of a field. `present` false makes every comparison false. */
typedef struct {
    bool present;
    pn_field_type type;
    int64_t number; /* INT, NUMBER, MONEY (minor units), DATE, BOOL */
    int32_t scale;  /* MONEY: minor units in one major unit */
    pn_str text;    /* TEXT, folded */
} pn_value;

/* How a field depends on the day. The value of a DAYS_SINCE field grows by one each day, that of a
 * DAYS_UNTIL field falls; TODAY fields are about the day itself. Rules over them change their
 * answer when a date is crossed; pn_rule_next_change finds that date. */
typedef enum {
    PN_DAY_NONE,
    PN_DAY_SINCE,
    PN_DAY_UNTIL,
    PN_DAY_TODAY,
} pn_day_relation;

typedef struct {
    const char *name;
    pn_field_type type;
    unsigned scope; /* PN_FIELD_OF_… */
    pn_day_relation day;
    /* The value as facts give it. `item` is the invoice (or the line's invoice); it is NULL for an
     * account's rule. */
    pn_value (*get)(const pn_facts *facts, const pn_item *item);
    /* The value in SQL, over the aliases i (invoice), a (account), d (debtor), c (creditor);
     * `:today` stands for the day. For a MONEY field, its scale in the second expression. */
    const char *sql;
    const char *sql_scale;
    const char *label_es, *label_en, *label_pt;
} pn_field;

size_t pn_field_count(void);
const pn_field *pn_field_at(size_t index);
/* NULL when there is none. */
const pn_field *pn_field_find(pn_str name);

/* Families whose names go on: "invoice.attr.NAME", "debtor.attr.NAME", "line.sku" … */
typedef enum {
    PN_FAMILY_NONE,
    PN_FAMILY_INVOICE_ATTR,
    PN_FAMILY_DEBTOR_ATTR,
    PN_FAMILY_LINE, /* any line of the invoice */
} pn_field_family;

/* NONE for a plain field; `ret_key` becomes what stands behind the family's prefix. */
pn_field_family pn_field_family_of(pn_str name, pn_str *ret_key);

/* The closest known name, for "did you mean"; empty when nothing is close. */
pn_str pn_field_suggest(pn_str name);

#endif
