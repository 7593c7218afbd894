/* A rule as a condition of a statement that lists or sums: written into its text, and bound when it
 * is prepared. */
#ifndef PN_APP_RULE_WHERE_H
#define PN_APP_RULE_WHERE_H

#include "app/app.h"
#include "base/buf.h"
#include "core/rule/rule.h"

typedef struct {
    int first; /* number of its first parameter in the statement */
    pn_sql_param *params;
    size_t count;
} pn_rule_where;

/* Adds ` AND (…)` to `sql`, with parameters from $`first` on that live in the arena; nothing for a
 * rule that is NULL. The statement's aliases are those of pn_rule_sql. LIMIT where the rule has too
 * many parameters. */
PN_MUST_USE pn_err pn_rule_where_add(pn_app *app, const pn_rule *rule, int first, pn_arena *arena,
                                     pn_buf *sql, pn_rule_where *ret_where);
void pn_rule_where_bind(const pn_rule_where *where, pn_stmt *stmt);

#endif
