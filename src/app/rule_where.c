#include "app/rule_where.h"

#include "base/banned.h"

pn_err pn_rule_where_add(pn_app *app, const pn_rule *rule, int first, pn_arena *arena, pn_buf *sql,
                         pn_rule_where *ret_where) {
    pn_sql_dialect dialect = pn_db_speaks_pg(app->db) ? PN_DIALECT_PG : PN_DIALECT_SQLITE;
    *ret_where = (pn_rule_where){.first = first};
    if (rule == NULL) {
        return PN_OK;
    }
    pn_buf_add_lit(sql, " AND (");
    PN_TRY(pn_rule_sql(rule, dialect, pn_app_today(app), (unsigned)first, arena, sql,
                       &ret_where->params, &ret_where->count));
    pn_buf_add_lit(sql, ")");
    return PN_OK;
}

void pn_rule_where_bind(const pn_rule_where *where, pn_stmt *stmt) {
    for (size_t i = 0; i < where->count; i++) {
        int number = where->first + (int)i;
        if (where->params[i].is_text) {
            pn_bind_str(stmt, number, where->params[i].text);
        } else {
            pn_bind_int(stmt, number, where->params[i].number);
        }
    }
}
